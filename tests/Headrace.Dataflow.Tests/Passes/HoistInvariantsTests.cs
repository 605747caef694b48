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
}
