namespace Headrace.Dataflow;

/// <summary>Turns unrolled copies and clears into one bulk actor.</summary>
/// <remarks>clang unrolls memcpy and memset of fixed sizes; targets move many bytes at once.</remarks>
internal sealed class BulkCopies : IPass
{
    private const int MinLength = 16;
    private const int MaxLength = 256;

    public string Name => "bulk-copies";

    public string Summary => "unrolled memcpy and memset become one actor";

    public int Run(Graph graph) => graph.List.SelectMany(function => function.List).Sum(block => Runs(block, isCopy: true) + Runs(block, isCopy: false));

    private static int Runs(Block block, bool isCopy)
    {
        int changes = 0;
        var groups = block.List.Where(actor => actor.Kind == ActorKind.Store && Source(actor, isCopy) is not null)
            .GroupBy(store => (store.Inputs[0], isCopy ? store.Inputs[1].Inputs[0] : null, isCopy ? store.Inputs[1].Immediate - store.Immediate : 0)).ToArray();
        foreach (var group in groups)
        {
            var run = new List<Actor>();
            foreach (Actor store in group.OrderBy(store => store.Immediate))
            {
                if (run.Count > 0 && store.Immediate != run[^1].Immediate + run[^1].Size)
                {
                    changes += Replace(block, run, isCopy) ? 1 : 0;
                    run.Clear();
                }
                run.Add(store);
            }
            changes += Replace(block, run, isCopy) ? 1 : 0;
        }
        return changes;
    }

    /// <summary>The load that a store copies, or the zero it stores.</summary>
    private static Actor? Source(Actor store, bool isCopy)
    {
        Actor value = store.Inputs[1];
        if (store.Inputs[0].Facts.Pointer.Kind is not (PointerKind.Packet or PointerKind.Stack))
            return null;
        if (!isCopy)
            return value.IsConstant(0) ? value : null;
        return value.Kind == ActorKind.Load && value.Block == store.Block && value.Size == store.Size && value.Users.Count == 1
            && value.Inputs[0].Facts.Pointer.Kind is PointerKind.Packet or PointerKind.Stack or PointerKind.MapValue ? value : null;
    }

    private static bool Replace(Block block, List<Actor> run, bool isCopy)
    {
        int length = run.Sum(store => store.Size);
        if (length is < MinLength or > MaxLength)
            return false;
        Actor first = run[0];
        var target = new MemoryPlace(first.Inputs[0], first.Immediate, length);
        Actor? load = isCopy ? first.Inputs[1] : null;
        MemoryPlace? source = load is null ? null : new MemoryPlace(load.Inputs[0], load.Immediate, length);
        Actor[] pieces = [.. run.Concat(isCopy ? run.Select(store => store.Inputs[1]) : []).OrderBy(block.List.IndexOf)];
        // Everything happens where the last piece stood: nobody in between may see or disturb it.
        if (!IsFree(block, pieces, target, source))
            return false;
        Actor last = pieces[^1];
        Actor bulk = load is null ? last.Before(ActorKind.ClearBytes, first.Inputs[0]) : last.Before(ActorKind.CopyBytes, first.Inputs[0], load.Inputs[0]);
        (bulk.Length, bulk.Immediate, bulk.Immediate2, bulk.Slot) = (length, first.Immediate, load?.Immediate ?? 0, pieces[0].Slot);
        bulk.Effects = pieces.Aggregate(default(Effects), (effects, piece) => effects | piece.Effects);
        foreach (Actor store in run)
            block.Remove(store);
        foreach (Actor piece in pieces.Where(piece => piece.Kind == ActorKind.Load))
            block.Remove(piece);
        return true;
    }

    private static bool IsFree(Block block, Actor[] pieces, MemoryPlace target, MemoryPlace? source)
    {
        ulong written = pieces.Aggregate(0UL, (bits, piece) => bits | piece.Effects.Writes);
        ulong read = pieces.Aggregate(0UL, (bits, piece) => bits | piece.Effects.Reads);
        if (source is { } from && !from.IsApart(target))
            return false;
        int start = block.List.IndexOf(pieces[0]), end = block.List.IndexOf(pieces[^1]);
        for (int i = start; i <= end; i++)
        {
            Actor actor = block.List[i];
            if (pieces.Contains(actor))
                continue;
            if (target.MayBeTouchedBy(actor, written) || (source is { } place && place.MayBeWrittenBy(actor, read)))
                return false;
        }
        return true;
    }
}
