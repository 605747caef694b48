using System.Text.Json;
using Headrace.Bytecode;

namespace Headrace.Linux.Tests.Features;

public class KernelFeaturesTests
{
    public KernelFeaturesTests() => RequiresKernel.OrSkip();

    [Fact]
    public void This_kernel_has_what_packet_programs_need()
    {
        Assert.True(KernelFeatures.HasProgramType(ProgramType.Xdp));
        Assert.True(KernelFeatures.HasMapType(MapType.LpmTrie));
        Assert.True(KernelFeatures.HasHelper(ProgramType.Xdp, HelperId.MapLookupElem));
        Assert.False(KernelFeatures.HasHelper(ProgramType.Xdp, (HelperId)9)); // bpf_skb_store_bytes
        Assert.True(KernelFeatures.HasHelper(ProgramType.SchedCls, (HelperId)9));
        Assert.Null(KernelFeatures.HasHelper(ProgramType.Tracing, HelperId.MapLookupElem));
        Assert.True(KernelFeatures.HasLargePrograms && KernelFeatures.HasBoundedLoops);
        Assert.True(KernelFeatures.HasInstructionSetV2 && KernelFeatures.HasInstructionSetV3);
    }

    [Fact]
    public void Types_nobody_knows_are_not_there()
    {
        Assert.False(KernelFeatures.HasProgramType((ProgramType)200));
        Assert.False(KernelFeatures.HasMapType((MapType)200));
        Assert.False(KernelFeatures.HasHelper(ProgramType.Xdp, (HelperId)5000));
    }

    /// <summary>bpftool 7.1 knows types up to its own age; what it finds, we find.</summary>
    [Fact]
    public void Bpftool_finds_the_same_program_and_map_types()
    {
        Shell.Require("bpftool");
        using var json = JsonDocument.Parse(Shell.Run("bpftool", "-j", "feature", "probe", "kernel"));
        List<string> differences = [];
        foreach (JsonProperty one in json.RootElement.GetProperty("program_types").EnumerateObject())
        {
            if (TypeOf<ProgramType>(one.Name, "have_", "_prog_type") is { } type && KernelFeatures.HasProgramType(type) != one.Value.GetBoolean())
                differences.Add($"{one.Name}: bpftool says {one.Value}");
        }
        foreach (JsonProperty one in json.RootElement.GetProperty("map_types").EnumerateObject())
        {
            if (TypeOf<MapType>(one.Name, "have_", "_map_type") is { } type && KernelFeatures.HasMapType(type) != one.Value.GetBoolean())
                differences.Add($"{one.Name}: bpftool says {one.Value}");
        }
        Assert.Empty(differences);
    }

    private static T? TypeOf<T>(string key, string before, string after) where T : struct, Enum
    {
        string name = key[before.Length..^after.Length].Replace("_", "", StringComparison.Ordinal)
            .Replace("percpu", "PerCpu", StringComparison.Ordinal).Replace("prog", "Program", StringComparison.Ordinal).Replace("ringbuf", "RingBuffer", StringComparison.Ordinal);
        return Enum.TryParse(name, ignoreCase: true, out T value) ? value : null;
    }
}
