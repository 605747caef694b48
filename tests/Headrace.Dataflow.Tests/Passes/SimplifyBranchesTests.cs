namespace Headrace.Dataflow.Tests.Passes;

public class SimplifyBranchesTests
{
    private const string Pass = "simplify-branches";

    [Fact]
    public void A_decided_branch_goes_one_way()
    {
        Graph graph = Graphs.Plain("r0 = 1\nr2 &= 7\nif r2 > 7 goto never\nexit\nnever:\nr0 = 2\nexit");
        Assert.NotEqual(0, Graphs.Apply(graph, Pass));
        Assert.Equal(1, Assert.Single(graph.Main.Blocks).Terminator.Inputs[0].Immediate);
    }

    [Fact]
    public void Empty_blocks_are_passed_by()
    {
        Graph graph = Graphs.Plain("r0 = 1\nif r2 > 7 goto a\ngoto b\na:\nr0 = 2\nb:\nexit");
        Assert.NotEqual(0, Graphs.Apply(graph, Pass));
        Assert.Equal(2, graph.Main.Blocks.Count);
        Assert.Equal([1, 2], Graphs.Only(graph, ActorKind.Merge).Inputs.Select(input => input.Immediate).Order());
    }

    [Fact]
    public void Endless_loops_stay() => Assert.Equal(0, Graphs.Apply(Graphs.Plain("again:\ngoto again"), Pass));
}
