namespace Headrace.Dataflow.Tests.Passes;

public class MergeStoresTests
{
    private const string Pass = "merge-stores";

    [Fact]
    public void Constants_side_by_side_are_stored_at_once()
    {
        Graph graph = Graphs.Plain("*(u16 *)(r1 +0) = 0x1122\n*(u16 *)(r1 +2) = 0x3344\n*(u32 *)(r1 +4) = 0x55667788\nr0 = 0\nexit");
        Assert.Equal(2, Graphs.Apply(graph, Pass));
        Actor store = Graphs.Only(graph, ActorKind.Store);
        Assert.Equal((8, 0x55667788_33441122), (store.Size, store.Inputs[1].Immediate));
    }

    [Fact]
    public void Parts_of_a_value_are_stored_as_the_value()
    {
        Graph graph = Graphs.Plain("r3 = r2\nr3 >>= 16\n*(u16 *)(r1 +2) = r3\n*(u16 *)(r1 +0) = r2\nr0 = 0\nexit");
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Assert.Equal(ActorKind.Parameter, Graphs.Only(graph, ActorKind.Store).Inputs[1].Kind);
    }

    [Fact]
    public void Bytes_in_the_networks_order_are_swapped()
    {
        Graph graph = Graphs.Plain("r3 = r2\nr3 >>= 8\n*(u8 *)(r1 +0) = r3\n*(u8 *)(r1 +1) = r2\nr0 = 0\nexit");
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Assert.Equal(ActorKind.ByteSwap, Graphs.Only(graph, ActorKind.Store).Inputs[1].Kind);
    }

    [Fact]
    public void A_look_in_between_keeps_them_apart()
    {
        Graph graph = Graphs.Plain("*(u16 *)(r1 +0) = 1\nr0 = *(u32 *)(r1 +0)\n*(u16 *)(r1 +2) = 2\nexit");
        Assert.Equal(0, Graphs.Apply(graph, Pass));
    }
}
