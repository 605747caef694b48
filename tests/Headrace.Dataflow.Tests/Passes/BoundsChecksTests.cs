namespace Headrace.Dataflow.Tests.Passes;

public class BoundsChecksTests
{
    private const string Pass = "bounds-checks";

    [Fact]
    public void Fewer_bytes_than_were_found_need_no_check()
    {
        Graph graph = Checks(first: 34, second: 14);
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Assert.NotEqual(0, Graphs.Apply(graph, "simplify-branches"));
        Assert.Single(graph.Main.Actors, actor => actor.Kind == ActorKind.Branch);
    }

    [Fact]
    public void More_bytes_do() => Assert.Equal(0, Graphs.Apply(Checks(first: 14, second: 34), Pass));

    [Fact]
    public void The_same_condition_is_known_behind_its_branch()
    {
        Graph graph = Graphs.Plain("r0 = 0\nif r2 > 5 goto big\nr0 = 1\nif r2 > 5 goto never\nr0 = 2\nnever:\nbig:\nexit");
        Graphs.Apply(graph, "common-subexpressions");
        Assert.Equal(1, Graphs.Apply(graph, Pass));
    }

    [Fact]
    public void A_null_check_is_known_the_other_way_round()
    {
        Graph graph = Graphs.Plain("r0 = 0\nif r2 == 0 goto out\nr0 = 1\nif r2 != 0 goto out\nr0 = 2\nout:\nexit");
        Assert.Equal(1, Graphs.Apply(graph, Pass));
    }

    private static Graph Checks(int first, int second) => Graphs.Xdp($"""
        r2 = *(u32 *)(r1 +0)
        r3 = *(u32 *)(r1 +4)
        r0 = 1
        r4 = r2
        r4 += {first}
        if r4 > r3 goto out
        r5 = r2
        r5 += {second}
        if r5 > r3 goto out
        r0 = *(u8 *)(r2 +3)
        out:
        exit
        """);
}
