namespace Headrace.Dataflow;

/// <summary>Takes out what touches memory to no end: loads and look-ups nobody uses, stores that nobody reads.</summary>
/// <remarks>Without a verifier's word a load stays: whether it faults shows.</remarks>
internal sealed class DeadActors : IPass
{
    // Actors to look over for one that stores there again.
    private const int FarthestActor = 256;

    public string Name => "dead-actors";

    public string Summary => "loads, look-ups and stores to no end go";

    public int Run(Graph graph)
    {
        ulong read = graph.List.SelectMany(function => function.Actors).Aggregate(0UL, (bits, actor) => bits | actor.Effects.Reads);
        return graph.List.SelectMany(function => function.List).Sum(block => Run(graph, block, read));
    }

    private static int Run(Graph graph, Block block, ulong read)
    {
        int changes = 0;
        for (int i = 0; i < block.List.Count; i++)
        {
            Actor actor = block.List[i];
            if (!IsDead(graph, actor, i, read))
                continue;
            actor.ClearInputs();
            actor.Block = null;
            changes++;
        }
        if (changes > 0)
            block.List.RemoveAll(actor => actor.Block is null);
        return changes;
    }

    private static bool IsDead(Graph graph, Actor actor, int position, ulong read) => actor.Kind switch
    {
        ActorKind.Load => actor.Users.Count == 0 && (graph.IsVerified || IsInFrame(actor)),
        ActorKind.Store or ActorKind.ClearBytes => (IsInFrame(actor) && (actor.Effects.Writes & read) == 0) || IsOverwritten(graph, actor, position),
        ActorKind.Helper => actor.Users.Count == 0 && IsHarmless(graph, actor),
        _ => false,
    };

    private static bool IsInFrame(Actor actor) => MemoryPlace.Of(actor).IsInFrame;

    /// <summary>True when a later store of the same block covers all of it before anybody looks.</summary>
    private static bool IsOverwritten(Graph graph, Actor store, int position)
    {
        MemoryPlace place = MemoryPlace.Of(store);
        if (place.Pointer.Kind is not (PointerKind.Packet or PointerKind.Stack) || !(graph.IsVerified || IsInFrame(store)))
            return false;
        List<Actor> actors = store.Block!.List;
        for (int i = position + 1; i < Math.Min(actors.Count, position + FarthestActor); i++)
        {
            Actor later = actors[i];
            if (later.Kind is ActorKind.Store or ActorKind.ClearBytes && MemoryPlace.Of(later).Holds(place))
                return true;
            if (place.MayBeTouchedBy(later, store.Effects.Writes))
                return false;
        }
        return false;
    }

    // What takes arguments may fault where no verifier has seen them.
    private static bool IsHarmless(Graph graph, Actor helper) => HelperEffects.Does(helper, HelperBehavior.GoesUnnoticed)
        && (helper.Inputs.Count == 0 || (graph.IsVerified && !HelperEffects.MarksElement(helper)));
}
