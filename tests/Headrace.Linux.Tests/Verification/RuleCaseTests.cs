using Headrace.Bytecode;
using Headrace.Objects;
using Headrace.Testing.Rules;

namespace Headrace.Linux.Tests.Verification;

/// <summary>What the rules' cases expect is what this kernel says.</summary>
public class RuleCaseTests(RuleCaseTests.Kernel kernel) : IClassFixture<RuleCaseTests.Kernel>
{
    public static TheoryData<string> Files => [.. RuleCase.Files];

    private const int MessagesOnly = 4; // BPF_LOG_STATS, include/linux/bpf_verifier.h

    private static readonly Lazy<Btf> s_kernelTypes = new(() => Btf.Load("/sys/kernel/btf/vmlinux"));
    private static readonly Dictionary<string, int> s_kfuncs = new(StringComparer.Ordinal);

    /// <summary>Asks the kernel; HEADRACE_RECORD=1 writes its answers into the files.</summary>
    [Theory, MemberData(nameof(Files))]
    public void The_kernel_says_what_the_cases_expect(string file)
    {
        RequiresKernel.OrSkip();
        bool records = Environment.GetEnvironmentVariable("HEADRACE_RECORD") == "1";
        string path = Path.Combine(RuleCase.Folder, file);
        string[] lines = records ? File.ReadAllLines(path) : [];
        var differences = new List<string>();
        foreach (RuleCase rule in RuleCase.Read(file))
        {
            string said = Ask(rule, kernel.Maps);
            if (said == rule.Refusal)
                continue;
            differences.Add($"{file}:{rule.Line}: {rule.Name}\n    expected: {rule.Refusal}\n    kernel:   {said}");
            if (records)
            {
                string line = lines[rule.Line - 1];
                lines[rule.Line - 1] = $"{line[..(line.LastIndexOf("=>", StringComparison.Ordinal) + 2)]} {(rule.IsVerdictOnly && said.Length > 0 ? "~ " : "")}{said}".TrimEnd();
            }
        }
        if (records)
            File.WriteAllLines(path, lines);
        else
            Assert.True(differences.Count == 0, string.Join('\n', [$"{differences.Count} differences", .. differences]));
    }

    private static string Ask(RuleCase rule, IReadOnlyList<KernelMap> maps)
    {
        using KernelBtf? types = rule.Types is { } btf ? KernelBtf.Load(btf.Raw.Span, rule.Name) : null;
        try
        {
            KernelProgram.Load(Resolve(rule.Program), maps, types, logLevel: MessagesOnly).Dispose();
            return "";
        }
        catch (KernelException refusal)
        {
            string said = RuleCase.RefusalOf(refusal.Log);
            return said.Length > 0 ? said : $"(errno {refusal.Errno})";
        }
    }

    // Kernel functions are called by the ids of their types.
    private static ProgramSpec Resolve(ProgramSpec program)
    {
        if (program.Kfuncs.Count == 0)
            return program;
        var code = (Instruction[])program.Instructions.Clone();
        foreach ((int slot, string name) in program.Kfuncs)
            code[slot] = code[slot] with { Immediate = IdOf(name) };
        return new ProgramSpec
        {
            Name = program.Name,
            Type = program.Type,
            ExpectedAttachType = program.ExpectedAttachType,
            License = program.License,
            Flags = program.Flags,
            Instructions = code,
            Functions = program.Functions,
        };
    }

    private static int IdOf(string name)
    {
        lock (s_kfuncs)
        {
            if (s_kfuncs.Count == 0)
            {
                for (int id = 1; id < s_kernelTypes.Value.Count; id++)
                {
                    if (s_kernelTypes.Value[id] is BtfFunction function)
                        s_kfuncs[function.Name] = id;
                }
            }
            return s_kfuncs[name];
        }
    }

    /// <summary>The cases' maps in the kernel, made when the first case needs them.</summary>
    public sealed class Kernel : IDisposable
    {
        private readonly List<KernelMap> _maps = [];

        public IReadOnlyList<KernelMap> Maps
        {
            get
            {
                if (_maps.Count == 0)
                {
                    using KernelBtf types = KernelBtf.Load(RuleMaps.Types, "rule maps");
                    _maps.AddRange(RuleMaps.All.Select(spec => Create(spec, types)));
                }
                return _maps;
            }
        }

        public void Dispose() => _maps.ForEach(map => map.Dispose());

        private static KernelMap Create(MapSpec spec, KernelBtf types)
        {
            KernelMap map = KernelMap.Create(spec, spec.ValueTypeId == 0 ? null : types);
            foreach (MapEntrySpec entry in spec.Entries)
                map.Update(entry.Key, entry.Value!);
            if (spec.Freeze)
                map.Freeze();
            return map;
        }
    }
}
