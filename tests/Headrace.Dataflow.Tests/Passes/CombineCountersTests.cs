using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Dataflow.Tests.Passes;

public class CombineCountersTests
{
    private const string Pass = "combine-counters";

    private const string Found = """
        r6 = r1
        *(u32 *)(r10 -4) = 3
        r2 = r10
        r2 += -4
        r1 = map[counters] ll
        call bpf_map_lookup_elem#1
        if r0 == 0 goto out
        r1 = 1

        """;

    [Theory]
    [InlineData(MapType.Array)]
    [InlineData(MapType.PerCpuArray)]
    public void A_counter_that_nothing_looks_at_is_combined(MapType type)
    {
        Graph graph = Counting("lock *(u64 *)(r0 +0) += r1\nlock *(u32 *)(r0 +8) += r1", type);
        Assert.Equal(2, Graphs.Apply(graph, Pass));
        Assert.All(Graphs.Of(graph, ActorKind.Atomic), actor => Assert.True(actor.IsCombined));
    }

    [Theory]
    [InlineData("lock *(u64 *)(r0 +0) |= r1")]
    [InlineData("r1 = atomic64_fetch_add((u64 *)(r0 +0), r1)\n*(u64 *)(r10 -16) = r1")]
    [InlineData("lock *(u64 *)(r0 +0) += r1\nr1 = *(u64 *)(r0 +0)")] // looks at it
    [InlineData("lock *(u64 *)(r0 +0) += r1\n*(u64 *)(r0 +8) = 7")] // writes beside it
    [InlineData("lock *(u64 *)(r0 +0) += r1\nr1 = r6\nr2 = 0\ncall bpf_xdp_adjust_head#44")] // may fault for all we know
    public void What_could_tell_keeps_it_at_its_place(string body) => Assert.Equal(0, Graphs.Apply(Counting(body, MapType.Array), Pass));

    [Fact]
    public void Elements_that_may_go_are_left_alone() => Assert.Equal(0, Graphs.Apply(Counting("lock *(u64 *)(r0 +0) += r1", MapType.Hash), Pass));

    [Fact]
    public void Only_a_verified_program_comes_to_the_end_of_its_burst() =>
        Assert.Equal(0, Graphs.Apply(Graphs.Xdp($"{Found}lock *(u64 *)(r0 +0) += r1\nout:\nr0 = 2\nexit", Counters(MapType.Array)), Pass));

    private static Graph Counting(string body, MapType type) => Graphs.Verified($"{Found}{body}\nout:\nr0 = 2\nexit", Counters(type));

    private static MapSpec Counters(MapType type) => Graphs.Map("counters", type, valueSize: 16);
}
