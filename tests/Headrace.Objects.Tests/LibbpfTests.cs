using Headrace.Bytecode;
using Headrace.Objects.Loading;

namespace Headrace.Objects.Tests;

public class LibbpfTests
{
    [Theory, MemberData(nameof(LoadTests.Objects), MemberType = typeof(LoadTests))]
    public void Linked_programs_and_maps_are_libbpfs(string path) => Compare(path);

    [Fact]
    public void Subprograms_callbacks_and_initial_values_are_libbpfs()
    {
        Compare(Clang.Compile(Sources.Globals, "counters"));
        Compare(Clang.Compile(Sources.Subprograms, "calls"));
        Compare(Clang.Compile(Sources.Initial, "initial"));
    }

    [Fact]
    public void Section_names_mean_what_they_mean_to_libbpf()
    {
        var source = new System.Text.StringBuilder();
        IReadOnlyList<SectionRule> rules = SectionRules.All;
        for (int i = 0; i < rules.Count; i++)
            source.Append(System.Globalization.CultureInfo.InvariantCulture, $"SEC(\"{rules[i].Prefix}{(rules[i].TakesTarget ? "/target" : "")}\") int p{i}(void *c) {{ return 0; }}\n");
        string path = Clang.Compile(source.ToString(), "sections");
        CollectionSpec ours = CollectionSpec.Load(path);
        LibbpfView theirs = LibbpfPeer.Read(path);
        int known = 0;
        foreach (ProgramSpec program in ours.Programs)
        {
            LibbpfProgram other = theirs.Programs[program.Name];
            // libbpf's own version decides which of the newer names it knows.
            if (other.Type == 0)
                continue;
            known++;
            Assert.Equal((program.Section, (ProgramType)other.Type, (AttachType)other.AttachType), (program.Section, program.Type, program.ExpectedAttachType));
            Assert.Equal(program.Section.EndsWith("/target", StringComparison.Ordinal) ? "target" : "", program.AttachTarget);
        }
        Assert.True(known > 70, $"libbpf knows only {known} of {rules.Count} names");
    }

    [Theory, MemberData(nameof(LoadTests.Objects), MemberType = typeof(LoadTests))]
    public void The_kernel_takes_the_completed_types(string path) => LoadTypes(CollectionSpec.Load(path).Types!.KernelForm);

    [Fact]
    public void The_kernel_takes_types_with_externs_and_hidden_functions()
    {
        Btf types = CollectionSpec.Load(Clang.Compile(Sources.Externs, "externs")).Types!;
        Assert.NotEqual(types.Raw.ToArray(), types.KernelForm.ToArray());
        LoadTypes(types.KernelForm);
        Btf kernel = Btf.Parse(types.KernelForm, "kernel form");
        Assert.Equal(types.Count, kernel.Count);
        Assert.Equal(types.Find("xdp_md", BtfKind.Struct), kernel.Find("xdp_md", BtfKind.Struct));

        CollectionSpec hidden = CollectionSpec.Load(Clang.Compile(Sources.Subprograms.Replace(
            "__attribute__((noinline)) int fold", "__attribute__((noinline, visibility(\"hidden\"))) int fold", StringComparison.Ordinal), "hidden"));
        Assert.False(hidden.Programs["entry"].Functions.Single(function => function.Name == "fold").IsGlobal);
        Assert.Equal(BtfLinkage.Static, hidden.Types!.Find<BtfFunction>("fold")!.Linkage);
        LoadTypes(hidden.Types!.KernelForm);
    }

    private static void LoadTypes(ReadOnlyMemory<byte> types)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, types.ToArray());
            LibbpfPeer.LoadTypes(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    internal static void Compare(string path)
    {
        LibbpfView theirs = LibbpfPeer.Read(path);
        CollectionSpec ours = CollectionSpec.Load(path);
        if (File.Exists(CoreTests.KernelTypes))
            ours.Relocate(Btf.Load(CoreTests.KernelTypes));
        Assert.Equal(
            theirs.Maps.Order(StringComparer.Ordinal),
            ours.Maps.Select(map => $"{(map.IsDataSection ? map.KernelName : map.Name)} {(int)map.Type} {map.KeySize} {map.ValueSize} {EntriesOf(map)} {(uint)map.Flags}").Order(StringComparer.Ordinal));
        Assert.Equal(theirs.Programs.Keys, ours.Programs.Select(program => program.Name));
        foreach (ProgramSpec program in ours.Programs)
        {
            LibbpfProgram other = theirs.Programs[program.Name];
            Assert.Equal(other.Type, (int)program.Type);
            Assert.Equal(LibbpfProgram.Comparable(other.Instructions), LibbpfProgram.Comparable(program.Instructions));
        }
    }

    // libbpf fills in the number of CPUs when it creates such a map.
    private static uint EntriesOf(MapSpec map) =>
        map is { Type: MapType.PerfEventArray, MaxEntries: 0 } ? (uint)File.ReadAllLines("/proc/cpuinfo").Count(line => line.StartsWith("processor", StringComparison.Ordinal)) : map.MaxEntries;
}
