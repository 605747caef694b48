namespace Headrace.Dataflow.Tests.Passes;

public class FoldConstantsTests
{
    private const string Pass = "fold-constants";

    [Theory]
    [InlineData("r0 = 6\nr0 *= 7\nexit", 42)]
    [InlineData("r0 = r2\nr0 &= 15\nr0 >>= 4\nexit", 0)]
    [InlineData("r0 = r2\nr0 &= 7\nr0 |= 8\nr0 s>>= 3\nexit", 1)]
    [InlineData("r0 = r2\nr0 -= r2\nexit", 0)]
    [InlineData("w0 = -1\nw0 += 3\nexit", 2)]
    public void What_facts_decide_is_a_constant(string text, long expected)
    {
        Graph graph = Graphs.Plain(text);
        Assert.NotEqual(0, Graphs.Apply(graph, Pass));
        Actor result = graph.Main.Entry.Terminator.Inputs[0];
        Assert.Equal((ActorKind.Constant, expected), (result.Kind, result.Immediate));
    }

    [Theory]
    [InlineData("r0 = r2\nr0 += 0\nr0 |= 0\nr0 <<= 0\nr0 *= 1\nexit")]
    [InlineData("r2 &= 255\nr0 = r2\nr0 &= 255\nr0 &= 4095\nexit")]
    public void Arithmetic_that_changes_nothing_goes(string text)
    {
        Graph graph = Graphs.Plain(text);
        Assert.NotEqual(0, Graphs.Apply(graph, Pass));
        Assert.InRange(graph.Main.Actors.Count(actor => actor.IsPure && !actor.IsLiteral && actor.Kind != ActorKind.Parameter), 0, 1);
    }

    [Fact]
    public void Constants_gather_in_displacements()
    {
        Graph graph = Graphs.Plain("r3 = r1\nr3 += 14\nr3 -= 4\nr0 = *(u8 *)(r3 +2)\nexit");
        Assert.NotEqual(0, Graphs.Apply(graph, Pass));
        Actor load = Graphs.Only(graph, ActorKind.Load);
        Assert.Equal((ActorKind.Parameter, 12), (load.Inputs[0].Kind, load.Immediate));
    }

    [Theory]
    [InlineData("r2 &= 255\nr2 += 5\nr1 += r2", true)]
    [InlineData("r2 &= 255\nw2 += 5\nr1 += r2", true)]
    [InlineData("w2 += 5\nr1 += r2", false)] // wraps around at 32 bits
    [InlineData("r2 &= 255\nw2 += -5\nr1 += r2", false)]
    public void An_index_gives_its_constant_to_the_displacement(string address, bool gives)
    {
        Graph graph = Graphs.Plain($"{address}\nr0 = *(u8 *)(r1 +1)\nexit");
        Graphs.Apply(graph, Pass);
        Assert.Equal(gives ? 6 : 1, Graphs.Only(graph, ActorKind.Load).Immediate);
    }

    [Fact]
    public void Thirty_two_bit_sums_keep_their_width()
    {
        Graph graph = Graphs.Plain("w0 = w2\nw0 += 0\nexit");
        Graphs.Apply(graph, Pass);
        Assert.Equal(ActorKind.Extend, graph.Main.Entry.Terminator.Inputs[0].Kind);
    }
}
