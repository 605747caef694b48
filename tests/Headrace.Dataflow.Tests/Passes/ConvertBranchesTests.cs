namespace Headrace.Dataflow.Tests.Passes;

public class ConvertBranchesTests
{
    private const string Pass = "convert-branches";

    [Fact]
    public void A_branch_around_computation_is_a_selection()
    {
        Graph graph = Graphs.Plain("r0 = r2\nif r2 > 100 goto out\nr0 *= 3\nr0 += 1\nout:\nexit");
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Actor select = Graphs.Only(graph, ActorKind.Select);
        Assert.Equal(ActorKind.Parameter, select.Inputs[1].Kind);
        Assert.Equal(ActorKind.Add, select.Inputs[2].Kind);
        Assert.Single(graph.Main.Blocks);
    }

    [Fact]
    public void Both_sides_may_compute_and_sides_may_nest()
    {
        Graph graph = Graphs.Plain("r0 = 9\nif r2 > 100 goto a\nr0 += r2\nif r2 > 50 goto b\nr0 ^= 1\nb:\ngoto out\na:\nr0 = r2\nr0 -= 100\nout:\nexit");
        Assert.Equal(2, Graphs.Apply(graph, Pass));
        Assert.Single(graph.Main.Blocks);
    }

    [Theory]
    [InlineData("r0 = r2\nif r2 > 100 goto out\nr0 = *(u8 *)(r1 +0)\nout:\nexit")]
    [InlineData("r0 = r2\nif r2 > 100 goto out\nr0 /= 3\nout:\nexit")]
    [InlineData("r0 = 0\nagain:\nr0 += 1\nif r0 != 9 goto again\nexit")]
    public void Memory_division_and_loops_stay_branches(string text) => Assert.Equal(0, Graphs.Apply(Graphs.Plain(text), Pass));
}
