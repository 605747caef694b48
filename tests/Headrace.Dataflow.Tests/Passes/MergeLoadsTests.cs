namespace Headrace.Dataflow.Tests.Passes;

public class MergeLoadsTests
{
    private const string Pass = "merge-loads";

    [Fact]
    public void Bytes_put_together_are_one_load()
    {
        Graph graph = Graphs.Plain("r0 = *(u8 *)(r1 +12)\nr3 = *(u8 *)(r1 +13)\nr3 <<= 8\nr0 |= r3\nexit");
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Actor load = Graphs.Only(graph, ActorKind.Load);
        Assert.Equal((2, 12), (load.Size, load.Immediate));
        Assert.Same(load, graph.Main.Entry.Terminator.Inputs[0]);
    }

    [Fact]
    public void Four_bytes_in_the_networks_order_are_a_load_and_a_swap()
    {
        Graph graph = Graphs.Plain("""
            r0 = *(u8 *)(r1 +20)
            r0 <<= 24
            r3 = *(u8 *)(r1 +21)
            r3 <<= 16
            r0 |= r3
            r3 = *(u8 *)(r1 +22)
            r3 <<= 8
            r0 |= r3
            r3 = *(u8 *)(r1 +23)
            r0 |= r3
            exit
            """);
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Assert.Equal((4, 20), (Graphs.Only(graph, ActorKind.Load).Size, Graphs.Only(graph, ActorKind.Load).Immediate));
        Assert.Equal(4, Graphs.Only(graph, ActorKind.ByteSwap).Size);
    }

    [Theory]
    [InlineData("r0 = *(u8 *)(r1 +12)\nr3 = *(u8 *)(r1 +14)\nr3 <<= 8\nr0 |= r3\nexit")]
    [InlineData("r0 = *(u8 *)(r1 +12)\n*(u8 *)(r1 +13) = 0\nr3 = *(u8 *)(r1 +13)\nr3 <<= 8\nr0 |= r3\nexit")]
    [InlineData("r0 = *(u8 *)(r1 +12)\nr3 = *(u8 *)(r1 +13)\nr3 <<= 9\nr0 |= r3\nexit")]
    [InlineData("w0 = *(u8 *)(r1 +12)\nw3 = *(u8 *)(r1 +13)\nw3 <<= 28\nw0 |= w3\nexit")]
    public void Gaps_changes_and_odd_shifts_stay(string text) =>
        Assert.Equal(0, Graphs.Apply(Graphs.Plain(text.Replace("w0 = *", "r0 = *", StringComparison.Ordinal).Replace("w3 = *", "r3 = *", StringComparison.Ordinal)), Pass));
}
