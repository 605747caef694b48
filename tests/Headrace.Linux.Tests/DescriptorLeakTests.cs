using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Linux.Tests;

[Collection(nameof(DescriptorLeakTests))]
[CollectionDefinition(nameof(DescriptorLeakTests), DisableParallelization = true)]
public class DescriptorLeakTests
{
    private const int Rounds = 50;

    public DescriptorLeakTests() => RequiresKernel.OrSkip();

    [Fact]
    public void A_collection_that_is_disposed_leaves_no_descriptor()
    {
        AssertNoneLeft(() => KernelCollection.Load(Collection("whole", loads: true)).Dispose());
    }

    [Fact]
    public void A_collection_that_fails_leaves_no_descriptor()
    {
        AssertNoneLeft(() => Assert.Throws<KernelException>(() => KernelCollection.Load(Collection("broken", loads: false))));
    }

    private static void AssertNoneLeft(Action action)
    {
        action();
        int before = BpfDescriptors();
        for (int round = 0; round < Rounds; round++)
            action();
        Assert.Equal(before, BpfDescriptors());
    }

    // Only BPF objects are counted: the runtime opens files of its own when it pleases.
    private static int BpfDescriptors() => Directory.EnumerateFiles("/proc/self/fd").Count(IsBpf);

    private static bool IsBpf(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: false)?.Name.Contains("bpf", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            return false; // closed since it was listed
        }
    }

    private static CollectionSpec Collection(string name, bool loads)
    {
        var spec = new CollectionSpec { Source = name };
        var inner = new MapSpec { Name = "inner", Type = MapType.Array, KeySize = 4, ValueSize = 4, MaxEntries = 1 };
        spec.Maps.Add(inner);
        spec.Maps.Add(new MapSpec
        {
            Name = "outer",
            Type = MapType.ArrayOfMaps,
            KeySize = 4,
            ValueSize = 4,
            MaxEntries = 2,
            InnerMap = inner,
            Entries = { new MapEntrySpec(new byte[4], null, "inner") },
        });
        spec.Maps.Add(new MapSpec
        {
            Name = "jumps",
            Type = MapType.ProgramArray,
            KeySize = 4,
            ValueSize = 4,
            MaxEntries = 2,
            Entries = { new MapEntrySpec([1, 0, 0, 0], null, "drop") },
        });
        spec.Maps.Add(new MapSpec { Name = ".rodata", Type = MapType.Array, KeySize = 4, ValueSize = 8, MaxEntries = 1, Data = [1, 2, 3, 4, 5, 6, 7, 8], Freeze = true });
        spec.Programs.Add(KernelProgram.ReturnsDrop("drop", ProgramType.Xdp));
        ProgramSpec last = KernelProgram.ReturnsDrop("last", ProgramType.Xdp);
        if (!loads)
            last.Instructions = last.Instructions[..1];
        spec.Programs.Add(last);
        return spec;
    }
}
