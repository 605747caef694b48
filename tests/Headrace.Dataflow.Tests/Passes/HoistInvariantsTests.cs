namespace Headrace.Dataflow.Tests.Passes;

public class HoistInvariantsTests
{
    private const string Pass = "hoist-invariants";

    [Fact]
    public void What_does_not_change_in_a_loop_is_computed_before_it()
    {
        Graph graph = Graphs.Plain("r0 = 0\nr3 = 10\nloop:\nr4 = r2\nr4 *= 7\nr0 += r4\nr3 += -1\nif r3 != 0 goto loop\nexit");
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Assert.Equal(0, Graphs.Only(graph, ActorKind.Multiply).Block!.LoopDepth);
    }

    [Fact]
    public void What_does_change_stays()
    {
        Graph graph = Graphs.Plain("r0 = 0\nr3 = 10\nloop:\nr4 = r3\nr4 *= 7\nr0 += r4\nr3 += -1\nif r3 != 0 goto loop\nexit");
        Assert.Equal(0, Graphs.Apply(graph, Pass));
    }

    [Fact]
    public void A_loop_with_two_ways_in_is_left_alone()
    {
        Graph graph = Graphs.Plain("r0 = 0\nif r2 > 9 goto second\nfirst:\nr4 = r2\nr4 *= 7\nr0 += r4\nsecond:\nr5 = r2\nr5 *= 5\nr0 += r5\nif r0 != 12345 goto first\nexit");
        Graphs.Apply(graph, Pass);
        Assert.Null(GraphCheck.Find(graph));
    }

    // R6: the packet, of which 14 bytes are there; R7: a number of rounds, 1 to 8, that the verifier does not know.
    private const string Begin = """
        r6 = *(u32 *)(r1 +0)
        r2 = *(u32 *)(r1 +4)
        r7 = *(u32 *)(r1 +12)
        r7 &= 7
        r7 += 1
        r0 = 0
        r3 = r6
        r3 += 14
        if r3 > r2 goto out
        r4 = 0
        loop:

        """;

    private const string Round = """

        r4 += 1
        if r4 < r7 goto loop
        out:
        exit
        """;

    private static int LoadsInLoop(Graph graph) => graph.Main.Actors.Count(actor => actor.Kind == ActorKind.Load && actor.Block!.LoopDepth > 0);

    [Fact]
    public void A_load_of_what_the_loop_does_not_write_goes_before_it()
    {
        Graph graph = Graphs.Verified(Begin + "r5 = *(u8 *)(r6 +12)\nr0 += r5" + Round);
        Assert.Equal(1, LoadsInLoop(graph));
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Assert.Equal(0, LoadsInLoop(graph));
    }

    [Fact]
    public void A_load_of_what_the_loop_writes_stays()
    {
        Graph graph = Graphs.Verified(Begin + "r5 = *(u8 *)(r6 +12)\nr0 += r5\n*(u8 *)(r6 +12) = r0" + Round);
        Graphs.Apply(graph, Pass);
        Assert.Equal(1, LoadsInLoop(graph));
    }

    [Fact]
    public void A_store_to_other_bytes_does_not_keep_it()
    {
        Graph graph = Graphs.Verified(Begin + "r5 = *(u8 *)(r6 +12)\nr0 += r5\n*(u8 *)(r6 +0) = r0" + Round);
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Assert.Equal(0, LoadsInLoop(graph));
    }

    [Fact]
    public void A_load_behind_a_bounds_check_in_the_loop_stays_behind_it()
    {
        Graph graph = Graphs.Verified(Begin + "r3 = r6\nr3 += 40\nif r3 > r2 goto next\nr5 = *(u8 *)(r6 +30)\nr0 += r5\nnext:" + Round);
        Graphs.Apply(graph, Pass);
        Assert.Equal(1, LoadsInLoop(graph));
    }

    [Fact]
    public void A_load_behind_a_check_that_leaves_the_loop_stays_behind_it()
    {
        Graph graph = Graphs.Verified(Begin + "r3 = r6\nr3 += 40\nif r3 > r2 goto out\nr5 = *(u8 *)(r6 +30)\nr0 += r5" + Round);
        Graphs.Apply(graph, Pass);
        Assert.Equal(1, LoadsInLoop(graph));
    }

    [Fact]
    public void A_load_on_one_way_through_the_loop_goes_when_a_check_before_the_loop_covers_it()
    {
        Graph graph = Graphs.Verified(Begin + "if r4 == 3 goto next\nr5 = *(u8 *)(r6 +13)\nr0 += r5\nnext:" + Round);
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Assert.Equal(0, LoadsInLoop(graph));
    }

    [Fact]
    public void Without_the_verifiers_word_loads_stay()
    {
        Graph graph = Graphs.Xdp(Begin + "r5 = *(u8 *)(r6 +12)\nr0 += r5" + Round);
        Graphs.Apply(graph, Pass);
        Assert.Equal(1, LoadsInLoop(graph));
    }

    // R6: a value of the map, looked up before the loop.
    private const string Value = """
        r6 = *(u32 *)(r1 +12)
        *(u32 *)(r10 -4) = r6
        r7 = r6
        r7 &= 7
        r7 += 1
        r2 = r10
        r2 += -4
        r1 = map[m] ll
        call bpf_map_lookup_elem#1
        if r0 == 0 goto out
        r6 = r0
        r0 = 0
        r4 = 0
        loop:

        """;

    [Fact]
    public void A_load_of_a_map_value_goes_before_the_loop()
    {
        Graph graph = Graphs.Verified(Value + "r5 = *(u64 *)(r6 +0)\nr0 += r5" + Round, Graphs.Map("m"));
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Assert.Equal(0, LoadsInLoop(graph));
    }

    [Fact]
    public void A_load_of_a_map_value_on_one_way_through_the_loop_stays()
    {
        Graph graph = Graphs.Verified(Value + "if r4 == 3 goto next\nr5 = *(u64 *)(r6 +0)\nr0 += r5\nnext:" + Round, Graphs.Map("m"));
        Graphs.Apply(graph, Pass);
        Assert.Equal(1, LoadsInLoop(graph));
    }

    [Fact]
    public void A_load_of_a_map_value_does_not_pass_an_atomic_operation()
    {
        const string Other = "r8 = r0\nr2 = r10\nr2 += -4\nr1 = map[other] ll\ncall bpf_map_lookup_elem#1\nif r0 == 0 goto out\nr6 = r0\n";
        string before = Value.Replace("r6 = r0\n", Other, StringComparison.Ordinal);
        Graph graph = Graphs.Verified(before + "r5 = *(u64 *)(r6 +0)\nr0 += r5\nr1 = 1\nlock *(u64 *)(r8 +0) += r1" + Round, Graphs.Map("m"), Graphs.Map("other"));
        Graphs.Apply(graph, Pass);
        Assert.Equal(1, LoadsInLoop(graph));
    }

    [Fact]
    public void A_loop_behind_a_branch_that_may_pass_it_by_gets_a_block_in_front()
    {
        Graph graph = Graphs.Verified(Begin.Replace("loop:", "if r7 == 5 goto out\nloop:", StringComparison.Ordinal) + "r5 = *(u8 *)(r6 +12)\nr0 += r5" + Round);
        Assert.NotEqual(0, Graphs.Apply(graph, Pass));
        Assert.Equal(0, LoadsInLoop(graph));
    }
}
