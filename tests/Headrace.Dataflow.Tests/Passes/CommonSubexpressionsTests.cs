namespace Headrace.Dataflow.Tests.Passes;

public class CommonSubexpressionsTests
{
    private const string Pass = "common-subexpressions";

    [Fact]
    public void The_same_sum_is_computed_once_in_whatever_order_it_is_written()
    {
        Graph graph = Graphs.Plain("r0 = r1\nr0 += r2\nr3 = r2\nr3 += r1\nr0 *= r3\nexit");
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Graphs.Only(graph, ActorKind.Add);
    }

    [Fact]
    public void A_block_takes_what_was_computed_on_every_way_to_it_only()
    {
        Graph graph = Graphs.Plain("r0 = r2\nif r2 > 5 goto a\nr3 = r2\nr3 += 7\nr0 = r3\na:\nr4 = r2\nr4 += 7\nr0 ^= r4\nexit");
        Assert.Equal(0, Graphs.Apply(graph, Pass));
        Graph before = Graphs.Plain("r3 = r2\nr3 += 7\nr0 = r3\nif r2 > 5 goto a\nr0 = 0\na:\nr4 = r2\nr4 += 7\nr0 ^= r4\nexit");
        Assert.Equal(1, Graphs.Apply(before, Pass));
    }

    [Fact]
    public void Widths_and_signs_are_told_apart()
    {
        Graph graph = Graphs.Plain("r0 = r2\nr0 += r1\nw3 = w2\nw3 += w1\nr0 ^= r3\nexit");
        Assert.Equal(0, Graphs.Apply(graph, Pass));
    }
}
