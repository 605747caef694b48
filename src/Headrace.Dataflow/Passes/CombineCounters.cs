using Headrace.Bytecode;

namespace Headrace.Dataflow;

/// <summary>Marks counters that nothing in the program looks at: what packets add to the same element may be summed first, and reach memory at the end of a burst.</summary>
/// <remarks>
/// A locked addition costs some 18 cycles and lets no other access overlap with it. One that fetches nothing orders nothing either, in the kernel's
/// memory model, and its place among those of other processors is anywhere: later is as good, as long as the program cannot tell and every
/// burst comes to its end. So: arrays, whose elements stay where they are, in which the program does nothing else; and nothing in it that may fault.
/// </remarks>
internal sealed class CombineCounters : IPass
{
    public string Name => "combine-counters";

    public string Summary => "atomic additions to counters nobody looks at may be summed over a burst";

    public int Run(Graph graph)
    {
        if (!graph.IsVerified || graph.Program.Type != ProgramType.Xdp || !graph.Snapshot().Any(IsAddition) || graph.Snapshot().Any(MayEndBurst)
            || graph.Program.Functions.Any(function => function.IsGlobal && function.Start != 0))
            return 0;
        ulong others = graph.Snapshot().Where(actor => !IsAddition(actor)).Aggregate(0UL, (bits, actor) => bits | actor.Effects.All);
        (PointerFacts Place, int Size)[] places = [.. graph.Snapshot().Where(IsAddition).Select(PlaceOf).Distinct()];
        int changes = 0;
        foreach (Actor actor in graph.Snapshot())
        {
            if (actor.IsCombined || !IsAddition(actor) || (actor.Effects.All & others) != 0 || places.Any(place => Carries(place, PlaceOf(actor))))
                continue;
            actor.IsCombined = true;
            changes++;
        }
        return changes;
    }

    private static bool IsAddition(Actor actor) => actor is { Kind: ActorKind.Atomic, AtomicOp: AtomicOp.Add, Users.Count: 0 }
        && actor.Inputs[0].Facts.Pointer is { Kind: PointerKind.MapValue, Index: >= 0 and var map }
        && actor.Block!.Function.Graph.Maps[map].Type is MapType.Array or MapType.PerCpuArray;

    private static (PointerFacts Place, int Size) PlaceOf(Actor addition) => (addition.Inputs[0].Facts.Pointer.Move(addition.Immediate), addition.Size);

    // Where 32 and 64 bits are added to the same bytes, their order decides what is carried into the upper half: sums would keep another.
    private static bool Carries((PointerFacts Place, int Size) a, (PointerFacts Place, int Size) b) => a.Size != b.Size && a.Place.Index == b.Place.Index
        && !(a.Place.Offset is { } x && b.Place.Offset is { } y && (x + a.Size <= y || y + b.Size <= x));

    // Faults and calls, which may lead anywhere, and budgets (see UnrollLoops). The verifier has seen to accesses.
    private static bool MayEndBurst(Actor actor) => actor.Kind is ActorKind.Call or ActorKind.TailCall or ActorKind.LoopBudget or ActorKind.PacketLoad
        || (actor.Kind == ActorKind.Helper && !HelperEffects.Does(actor, HelperBehavior.AlwaysAnswers));
}
