using Headrace.Bytecode;

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
