namespace Headrace.Dataflow.Tests.Analysis;

public class AccessPlaceTests
{
    // The last load goes through an address that is a number on one way: only the verifier knows that this way does not come there.
    private const string MaybeNull = """
        r6 = *(u32 *)(r1 +0)
        r7 = *(u32 *)(r1 +4)
        r0 = 2
        r8 = 0
        r9 = 0
        r2 = r6
        r2 += 14
        if r2 > r7 goto test
        r8 = r6
        r9 = 1
        test:
        if r9 == 0 goto out
        r0 = *(u8 *)(r8 +3)
        out:
        exit
        """;

    [Fact]
    public void What_the_graph_forgets_of_an_address_the_verifier_still_knows()
    {
        Graph graph = Graphs.Verified(MaybeNull);
        Actor load = Assert.Single(Graphs.Of(graph, ActorKind.Load), load => load.Size == 1);
        Assert.Equal(PointerKind.Unknown, load.Inputs[0].Facts.Pointer.Kind);
        Assert.Equal(new AccessPlace(new PointerFacts(PointerKind.Packet), IsMemory: true), AccessPlace.Of(load));
        Assert.Equal(graph.Regions.Of(RegionKind.Packet) | graph.Regions.Of(RegionKind.PacketRest), load.Effects.Reads);
    }

    [Fact]
    public void Without_a_verifier_it_may_be_anywhere()
    {
        Graph graph = Graphs.Xdp(MaybeNull);
        Actor load = Assert.Single(Graphs.Of(graph, ActorKind.Load), load => load.Size == 1);
        Assert.Equal(new AccessPlace(PointerFacts.Unknown, IsMemory: false), AccessPlace.Of(load));
        Assert.Equal(graph.Regions.Mask & ~graph.Regions.Of(RegionKind.World), load.Effects.Reads);
    }

    [Fact]
    public void A_known_address_keeps_its_offset()
    {
        Graph graph = Graphs.Xdp("r3 = *(u32 *)(r1 +4)\n*(u64 *)(r10 -8) = 1\nr0 = 2\nexit");
        Assert.Equal(new AccessPlace(new PointerFacts(PointerKind.Context, -1, 4), IsMemory: false), AccessPlace.Of(Graphs.Only(graph, ActorKind.Load)));
        Assert.Equal(new AccessPlace(new PointerFacts(PointerKind.Stack, 0, -8), IsMemory: true), AccessPlace.Of(Graphs.Only(graph, ActorKind.Store)));
    }
}
