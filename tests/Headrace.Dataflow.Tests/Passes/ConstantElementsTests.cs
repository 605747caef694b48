using Headrace.Bytecode;

namespace Headrace.Dataflow.Tests.Passes;

public class ConstantElementsTests
{
    private const string Pass = "constant-elements";

    private const string Counting = """
        r2 = r10
        r2 += -4
        r1 = map[m] ll
        call bpf_map_lookup_elem#1
        if r0 == 0 goto out
        r1 = *(u64 *)(r0 +0)
        r1 += 1
        *(u64 *)(r0 +0) = r1
        out:
        r0 = 2
        exit
        """;

    [Theory]
    [InlineData(MapType.Array)]
    [InlineData(MapType.PerCpuArray)]
    public void Look_up_key_and_null_check_go(MapType type)
    {
        Graph graph = Build("*(u32 *)(r10 -4) = 7\n" + Counting, type);
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Actor element = Graphs.Only(graph, ActorKind.ElementAddress);
        Assert.Equal((0, 7L), (element.Map, element.Immediate));
        PassPipeline.Run(graph, PassOptions.All);
        Assert.Empty(Graphs.Of(graph, ActorKind.Helper));
        Assert.Empty(Graphs.Of(graph, ActorKind.Branch));
        Assert.Equal(PointerKind.MapValue, Graphs.Only(graph, ActorKind.Store).Inputs[0].Facts.Pointer.Kind);
    }

    [Theory]
    [InlineData("*(u64 *)(r10 -8) = 0", 0)]
    [InlineData("r3 = 0x500000007 ll\n*(u64 *)(r10 -8) = r3", 5)]
    public void Keys_are_found_inside_of_wider_stores(string store, long index)
    {
        Graph graph = Build($"{store}\n{Counting}", MapType.Array);
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Assert.Equal(index, Graphs.Only(graph, ActorKind.ElementAddress).Immediate);
    }

    [Theory]
    [InlineData("*(u32 *)(r10 -4) = 16", MapType.Array)] // one past the last
    [InlineData("*(u32 *)(r10 -4) = 1", MapType.Hash)]
    [InlineData("r3 = *(u32 *)(r1 +12)\n*(u32 *)(r10 -4) = r3", MapType.Array)] // not constant
    [InlineData("*(u32 *)(r10 -4) = 1\n*(u8 *)(r10 -3) = 1", MapType.Array)] // of two parts
    [InlineData("*(u32 *)(r10 -4) = 1\nr3 = *(u32 *)(r1 +12)\nif r3 > 5 goto same\n*(u32 *)(r10 -4) = 2\nsame:", MapType.Array)] // of two ways
    public void Others_stay(string key, MapType type) => Assert.Equal(0, Graphs.Apply(Build($"{key}\n{Counting}", type), Pass));

    private static Graph Build(string text, MapType type) => Graphs.Verified(text, Graphs.Map("m", type));
}
