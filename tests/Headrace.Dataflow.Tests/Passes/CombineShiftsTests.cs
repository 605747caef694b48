namespace Headrace.Dataflow.Tests.Passes;

public class CombineShiftsTests
{
    private const string Pass = "combine-shifts";

    [Fact]
    public void Up_and_down_by_32_is_an_extension()
    {
        Graph graph = Graphs.Plain("r0 = r2\nr0 <<= 32\nr0 >>= 32\nexit");
        Assert.NotEqual(0, Graphs.Apply(graph, Pass));
        Actor result = graph.Main.Entry.Terminator.Inputs[0];
        Assert.Equal((ActorKind.Extend, 4, false), (result.Kind, result.Size, result.Signed));
    }

    [Fact]
    public void Signed_shifts_extend_the_sign()
    {
        Graph graph = Graphs.Plain("r0 = r2\nr0 <<= 48\nr0 s>>= 48\nexit");
        Assert.NotEqual(0, Graphs.Apply(graph, Pass));
        Actor result = graph.Main.Entry.Terminator.Inputs[0];
        Assert.Equal((ActorKind.Extend, 2, true), (result.Kind, result.Size, result.Signed));
    }

    [Fact]
    public void Comparing_a_swapped_field_swaps_the_constant()
    {
        Graph graph = Graphs.Plain("r3 = *(u16 *)(r1 +12)\nr3 = be16 r3\nr0 = 1\nif r3 == 0x0800 goto out\nr0 = 0\nout:\nexit");
        Assert.NotEqual(0, Graphs.Apply(graph, Pass));
        Assert.Empty(Graphs.Of(graph, ActorKind.ByteSwap));
        Assert.Equal(8, Graphs.Only(graph, ActorKind.Compare).Inputs[1].Immediate);
    }

    [Fact]
    public void Bytes_exchanged_by_hand_are_a_byte_swap()
    {
        Graph graph = Graphs.Plain("r3 = *(u16 *)(r1 +0)\nr0 = r3\nr0 <<= 8\nr3 >>= 8\nr0 |= r3\nr0 &= 0xffff\nexit");
        Assert.NotEqual(0, Graphs.Apply(graph, Pass));
        Assert.Equal(2, Graphs.Only(graph, ActorKind.ByteSwap).Size);
    }

    [Fact]
    public void Different_distances_stay()
    {
        Graph graph = Graphs.Plain("r0 = r2\nr0 <<= 8\nr0 >>= 16\nexit");
        Assert.Equal(0, Graphs.Apply(graph, Pass));
    }
}
