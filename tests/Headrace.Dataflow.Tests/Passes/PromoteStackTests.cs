using Headrace.Bytecode;

namespace Headrace.Dataflow.Tests.Passes;

public class PromoteStackTests
{
    private const string Pass = "promote-stack";

    [Fact]
    public void A_spilled_value_needs_no_memory()
    {
        Graph graph = Graphs.Plain("*(u64 *)(r10 -8) = r2\nr0 = *(u64 *)(r10 -8)\nexit");
        Assert.Equal(2, Graphs.Apply(graph, Pass));
        Assert.Equal(ActorKind.Parameter, graph.Main.Entry.Terminator.Inputs[0].Kind);
    }

    [Fact]
    public void Ways_that_store_different_values_merge()
    {
        Graph graph = Graphs.Plain("*(u32 *)(r10 -4) = 1\nif r2 > 5 goto out\n*(u32 *)(r10 -4) = 2\nout:\nr0 = *(u32 *)(r10 -4)\nexit");
        Assert.Equal(3, Graphs.Apply(graph, Pass));
        Assert.Empty(Graphs.Of(graph, ActorKind.Load));
        Graphs.Only(graph, ActorKind.Merge);
    }

    [Fact]
    public void Narrow_accesses_take_and_replace_parts()
    {
        Graph graph = Graphs.Plain("*(u64 *)(r10 -8) = r2\n*(u8 *)(r10 -6) = 5\nr0 = *(u16 *)(r10 -7)\nexit");
        Assert.Equal(3, Graphs.Apply(graph, Pass));
        Assert.DoesNotContain(graph.Main.Actors, actor => actor.IsOrdered);
    }

    [Fact]
    public void Keys_of_look_ups_and_addresses_at_unknown_offsets_stay_memory()
    {
        Graph key = Graphs.Xdp("*(u32 *)(r10 -4) = 1\nr2 = r10\nr2 += -4\nr1 = map[m] ll\ncall bpf_map_lookup_elem#1\nr0 = 2\nexit", Graphs.Map("m", MapType.Array));
        Assert.Equal(0, Graphs.Apply(key, Pass));
        Graph index = Graphs.Plain("*(u64 *)(r10 -8) = 1\nr2 &= 8\nr3 = r10\nr3 += r2\nr0 = *(u64 *)(r3 -16)\nexit");
        Assert.Equal(0, Graphs.Apply(index, Pass));
    }

    [Fact]
    public void A_frame_whose_address_gets_away_stays_where_unknown_pointers_are_used()
    {
        Graph graph = Graphs.Plain("*(u64 *)(r10 -8) = 1\n*(u64 *)(r1 +0) = r10\nr3 = *(u64 *)(r1 +0)\n*(u64 *)(r2 -8) = 2\nr0 = *(u64 *)(r10 -8)\nexit");
        Assert.Equal(0, Graphs.Apply(graph, Pass));
    }
}
