namespace Headrace.Dataflow;

/// <summary>Gives a load the value that was stored or loaded at the same place before, when nothing in between may have changed it.</summary>
/// <remarks>Map values are left alone: other processors write them, and a program that looks twice means it.</remarks>
internal sealed class ForwardMemory : IPass
{
    private const int MaxKnown = 64;

    public string Name => "forward-memory";

    public string Summary => "loads of what was stored or loaded before take that value";

    public int Run(Graph graph) => graph.List.Sum(Run);

    private static int Run(GraphFunction function)
    {
        int changes = 0;
        var ends = new Dictionary<Block, List<Known>>();
        foreach (Block block in function.List)
        {
            List<Known> known = block.Predecessors.Count == 1 && ends.TryGetValue(block.Predecessors[0].From, out List<Known>? before) ? [.. before] : [];
            foreach (Actor actor in block.List.ToArray())
            {
                if (actor.Kind == ActorKind.Load && Find(actor, known) is { } value)
                {
                    actor.Become(value);
                    changes++;
                    continue;
                }
                Take(actor, known);
            }
            ends[block] = known;
        }
        return changes;
    }

    // A load from a frame that is closed again stays, and faults.
    private static bool IsPrivate(Actor actor) => actor.Inputs[0].Facts.Pointer is var pointer
        && (pointer.Kind is PointerKind.Packet or PointerKind.Context || (pointer.Kind == PointerKind.Stack && pointer.Index <= actor.Frame));

    private static Actor? Find(Actor load, List<Known> known)
    {
        if (!IsPrivate(load))
            return null;
        MemoryPlace place = MemoryPlace.Of(load);
        for (int i = known.Count - 1; i >= 0; i--)
        {
            Known entry = known[i];
            if (!entry.Place.Holds(place))
                continue;
            bool isSame = entry.Place.Size == place.Size;
            // What a context field gives is not always what its bytes are; a whole earlier load is.
            if (isSame && entry.IsLoad && entry.Signed == load.Signed)
                return entry.Value;
            if (place.Pointer.Kind == PointerKind.Context || entry.Signed)
                return null;
            int shift = (int)(place.From - entry.Place.From) * 8;
            Actor part = shift == 0 ? entry.Value : load.Before(ActorKind.ShiftRight, entry.Value, load.Constant((ulong)shift));
            return load.Extended(part, load.Size, load.Signed);
        }
        return null;
    }

    private static void Take(Actor actor, List<Known> known)
    {
        if (actor.Effects.Writes != 0)
            known.RemoveAll(entry => entry.Place.MayBeWrittenBy(actor, entry.Regions));
        if (actor.Kind is not (ActorKind.Load or ActorKind.Store) || !IsPrivate(actor) || known.Count == MaxKnown)
            return;
        bool isLoad = actor.Kind == ActorKind.Load;
        if (!isLoad && actor.Inputs[0].Facts.Pointer.Kind == PointerKind.Context)
            return;
        known.Add(new Known(MemoryPlace.Of(actor), isLoad ? actor : actor.Inputs[1], actor.Effects.All, isLoad, isLoad && actor.Signed));
    }

    private readonly record struct Known(MemoryPlace Place, Actor Value, ulong Regions, bool IsLoad, bool Signed);
}
