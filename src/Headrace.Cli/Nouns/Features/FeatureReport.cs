using System.Globalization;
using System.Text.Json;
using Headrace.Bytecode;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Cli.Nouns.Features;

/// <summary>What the kernel can do, each thing tried.</summary>
/// <param name="System">Settings and build options; null for what is not set or not to be read.</param>
/// <param name="Programs">Program types.</param>
/// <param name="Maps">Map types.</param>
/// <param name="Helpers">The helpers of each program type.</param>
/// <param name="Misc">Other things, by bpftool's names.</param>
internal sealed record FeatureReport(
    IReadOnlyList<(string Name, string? Value)> System,
    IReadOnlyList<(string Name, bool Has)> Programs,
    IReadOnlyList<(string Name, bool Has)> Maps,
    IReadOnlyList<(string Program, IReadOnlyList<string> Helpers)> Helpers,
    IReadOnlyList<(string Name, bool Has)> Misc)
{
    private static readonly (string Name, string Path)[] s_settings =
    [
        ("unprivileged_bpf_disabled", "/proc/sys/kernel/unprivileged_bpf_disabled"),
        ("bpf_jit_enable", "/proc/sys/net/core/bpf_jit_enable"),
        ("bpf_jit_harden", "/proc/sys/net/core/bpf_jit_harden"),
        ("bpf_jit_kallsyms", "/proc/sys/net/core/bpf_jit_kallsyms"),
        ("bpf_jit_limit", "/proc/sys/net/core/bpf_jit_limit"),
    ];

    // Those that bpftool reports.
    private static readonly string[] s_options =
    [
        "BPF", "BPF_SYSCALL", "HAVE_EBPF_JIT", "BPF_JIT", "BPF_JIT_ALWAYS_ON", "DEBUG_INFO_BTF", "DEBUG_INFO_BTF_MODULES", "CGROUPS", "CGROUP_BPF",
        "CGROUP_NET_CLASSID", "SOCK_CGROUP_DATA", "BPF_EVENTS", "KPROBE_EVENTS", "UPROBE_EVENTS", "TRACING", "FTRACE_SYSCALLS",
        "FUNCTION_ERROR_INJECTION", "BPF_KPROBE_OVERRIDE", "NET", "XDP_SOCKETS", "LWTUNNEL_BPF", "NET_ACT_BPF", "NET_CLS_BPF", "NET_CLS_ACT",
        "NET_SCH_INGRESS", "XFRM", "IP_ROUTE_CLASSID", "IPV6_SEG6_BPF", "BPF_LIRC_MODE2", "BPF_STREAM_PARSER", "NETFILTER_XT_MATCH_BPF", "BPFILTER",
        "BPFILTER_UMH", "TEST_BPF", "HZ",
    ];

    // Asking for these makes the kernel write warnings into its log.
    private static readonly HelperId[] s_loud = [HelperId.TracePrintk, HelperId.ProbeWriteUser, HelperId.TraceVprintk];

    /// <summary>Tries everything; some thousand programs are loaded.</summary>
    /// <param name="full">True to try the helpers too that the kernel warns about.</param>
    /// <exception cref="KernelException">This process may not try.</exception>
    public static FeatureReport Probe(bool full)
    {
        IReadOnlyDictionary<string, string>? built = KernelConfiguration.Read();
        ProgramType[] programs = [.. Enum.GetValues<ProgramType>().Where(type => type != ProgramType.Unspec)];
        return new FeatureReport(
            [
                .. s_settings.Select(setting => (setting.Name, ReadSetting(setting.Path))),
                .. s_options.Select(option => ("CONFIG_" + option, built?.GetValueOrDefault("CONFIG_" + option))),
            ],
            [.. programs.Select(type => (KernelWords.Of(type), KernelFeatures.HasProgramType(type)))],
            [.. Enum.GetValues<MapType>().Where(type => type != MapType.Unspec).Select(type => (MapTypeNames.Of(type), KernelFeatures.HasMapType(type)))],
            [.. programs.Select(type => (KernelWords.Of(type), HelpersOf(type, full)))],
            [
                ("large_insn_limit", KernelFeatures.HasLargePrograms),
                ("bounded_loops", KernelFeatures.HasBoundedLoops),
                ("v2_isa_extension", KernelFeatures.HasInstructionSetV2),
                ("v3_isa_extension", KernelFeatures.HasInstructionSetV3),
                ("v4_isa_extension", KernelFeatures.HasInstructionSetV4),
            ]);
    }

    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("system_config");
        foreach ((string name, string? value) in System)
        {
            if (value is null)
                json.WriteNull(name);
            else if (char.IsAsciiLetterLower(name[0]) && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
                json.WriteNumber(name, number);
            else
                json.WriteString(name, value);
        }
        json.WriteEndObject();
        json.WriteStartObject("syscall_config");
        json.WriteBoolean("have_bpf_syscall", true);
        json.WriteEndObject();
        WriteJson(json, "program_types", Programs, "_prog_type");
        WriteJson(json, "map_types", Maps, "_map_type");
        json.WriteStartObject("helpers");
        foreach ((string program, IReadOnlyList<string> helpers) in Helpers)
            json.WriteTexts($"{program}_available_helpers", helpers);
        json.WriteEndObject();
        WriteJson(json, "misc", Misc, "");
        json.WriteEndObject();
    }

    public void WriteText(TextWriter output)
    {
        Section(output, "system", System.Select(one => (one.Name, one.Value ?? "-")));
        Section(output, "program types", Programs.Select(Answered));
        Section(output, "map types", Maps.Select(Answered));
        Section(output, "instructions", Misc.Select(Answered));
        foreach ((string program, IReadOnlyList<string> helpers) in Helpers.Where(one => one.Helpers.Count > 0))
        {
            output.WriteLine($"helpers of {program} ({helpers.Count})");
            foreach (string helper in helpers)
                output.WriteLine($"  {helper}");
        }
    }

    /// <summary>Writes it for a C program to include.</summary>
    public void WriteMacros(TextWriter output, string prefix)
    {
        output.WriteLine("/* program types */");
        Macros(output, prefix, Programs, "_PROG_TYPE");
        output.WriteLine("\n/* map types */");
        Macros(output, prefix, Maps, "_MAP_TYPE");
        output.WriteLine($"\n/* helpers: {prefix}HAVE_PROG_TYPE_HELPER(xdp, bpf_redirect) is 1 or 0 */");
        output.WriteLine($"#define {prefix}HAVE_PROG_TYPE_HELPER(prog_type, helper) {prefix}BPF__PROG_TYPE_ ## prog_type ## __HELPER_ ## helper");
        foreach ((string program, IReadOnlyList<string> helpers) in Helpers)
        {
            foreach (string helper in HelperNamesInOrder())
                output.WriteLine($"#define {prefix}BPF__PROG_TYPE_{program}__HELPER_{helper} {(helpers.Contains(helper) ? 1 : 0)}");
        }
        output.WriteLine("\n/* instructions */");
        Macros(output, prefix, Misc, "");
    }

    private static IReadOnlyList<string> HelpersOf(ProgramType type, bool full) =>
    [
        .. Enumerable.Range(1, HelperNames.Count - 1).Select(id => (HelperId)id)
            .Where(id => (full || !s_loud.Contains(id)) && KernelFeatures.HasHelper(type, id) == true)
            .Select(NameOf),
    ];

    private static IEnumerable<string> HelperNamesInOrder() => Enumerable.Range(1, HelperNames.Count - 1).Select(id => NameOf((HelperId)id));

    private static string NameOf(HelperId id) => "bpf_" + HelperNames.Of(id);

    private static string? ReadSetting(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void WriteJson(Utf8JsonWriter json, string name, IReadOnlyList<(string Name, bool Has)> features, string suffix)
    {
        json.WriteStartObject(name);
        foreach ((string feature, bool has) in features)
            json.WriteBoolean($"have_{feature}{suffix}", has);
        json.WriteEndObject();
    }

    private static (string Name, string Value) Answered((string Name, bool Has) feature) => (feature.Name, feature.Has ? "yes" : "no");

    private static void Section(TextWriter output, string name, IEnumerable<(string Name, string Value)> lines)
    {
        output.WriteLine(name);
        foreach ((string line, string value) in lines)
            output.WriteLine($"  {line,-34} {value}");
    }

    private static void Macros(TextWriter output, string prefix, IReadOnlyList<(string Name, bool Has)> features, string suffix)
    {
        foreach ((string feature, bool has) in features)
            output.WriteLine($"#define {prefix}{(has ? "" : "NO_")}HAVE_{feature.ToUpperInvariant()}{suffix}");
    }
}
