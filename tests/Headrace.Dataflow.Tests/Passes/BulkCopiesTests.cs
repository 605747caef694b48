namespace Headrace.Dataflow.Tests.Passes;

public class BulkCopiesTests
{
    private const string Pass = "bulk-copies";

    [Fact]
    public void An_unrolled_copy_is_one_actor()
    {
        Graph graph = Graphs.Plain("""
            r3 = *(u64 *)(r1 +0)
            *(u64 *)(r10 -24) = r3
            r3 = *(u64 *)(r1 +8)
            *(u64 *)(r10 -16) = r3
            r3 = *(u32 *)(r1 +16)
            *(u32 *)(r10 -8) = r3
            r0 = *(u64 *)(r10 -20)
            exit
            """);
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Actor copy = Graphs.Only(graph, ActorKind.CopyBytes);
        Assert.Equal((20, -24, 0), (copy.Length, copy.Immediate, copy.Immediate2));
        Assert.Empty(Graphs.Of(graph, ActorKind.Store));
    }

    [Fact]
    public void An_unrolled_clear_is_one_actor()
    {
        Graph graph = Graphs.Plain("*(u64 *)(r1 +8) = 0\n*(u64 *)(r1 +0) = 0\n*(u64 *)(r1 +16) = 0\nr0 = 0\nexit");
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Assert.Equal((24, 0), (Graphs.Only(graph, ActorKind.ClearBytes).Length, Graphs.Only(graph, ActorKind.ClearBytes).Immediate));
    }

    [Theory]
    [InlineData("*(u64 *)(r1 +0) = 0\nr0 = *(u64 *)(r1 +0)\n*(u64 *)(r1 +8) = 0\nexit")]
    [InlineData("r3 = *(u64 *)(r1 +0)\n*(u64 *)(r1 +4) = r3\nr3 = *(u64 *)(r1 +8)\n*(u64 *)(r1 +12) = r3\nr0 = 0\nexit")]
    [InlineData("*(u64 *)(r1 +0) = 0\nr0 = 0\nexit")]
    public void What_is_looked_at_overlaps_or_is_short_stays(string text) => Assert.Equal(0, Graphs.Apply(Graphs.Plain(text), Pass));
}
