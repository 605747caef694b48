namespace Headrace.Dataflow;

/// <summary>Joins loads of neighbouring bytes that are put together with shifts into one wide load.</summary>
/// <remarks>clang reads unaligned fields byte by byte; one load, and a byte swap for the network's order, do the same work.</remarks>
internal sealed class MergeLoads : IPass
{
    private const int MaxPieces = 8;

    // Sums of so many pieces, each shifted and extended, are no deeper.
    private const int MaxDepth = 3 * MaxPieces;

    public string Name => "merge-loads";

    public string Summary => "loads of neighbouring bytes become a wide one";

    public int Run(Graph graph)
    {
        int changes = 0;
        foreach (Actor root in graph.Snapshot())
        {
            if (root.Kind is not (ActorKind.Or or ActorKind.Add) || root.Users.Any(user => user.Kind == root.Kind && user.Users.Count > 0 && IsWhole(user)))
                continue;
            if (Pieces(root) is { } pieces && Merge(root, pieces))
                changes++;
        }
        return changes;
    }

    // The widest sum is looked at first: its parts are no sums of their own then.
    private static bool IsWhole(Actor user) => Pieces(user) is { } pieces && Layout(pieces) is not null;

    private static List<Piece>? Pieces(Actor root)
    {
        var pieces = new List<Piece>();
        return Collect(root, root, 0, 0, pieces) ? pieces : null;
    }

    private static bool Collect(Actor root, Actor actor, int shift, int depth, List<Piece> pieces)
    {
        if (pieces.Count > MaxPieces || depth > MaxDepth || (actor != root && actor.Users.Count != 1))
            return false;
        switch (actor.Kind)
        {
            case ActorKind.Or or ActorKind.Add:
                int first = pieces.Count;
                return Collect(root, actor.Inputs[0], shift, depth + 1, pieces) && Collect(root, actor.Inputs[1], shift, depth + 1, pieces)
                    && (!actor.Is32 || pieces.Skip(first).All(piece => piece.Shift - shift + piece.Load.Size * 8 <= 32));
            case ActorKind.ShiftLeft when actor.ConstantInput(1) is { } by && by % 8 == 0 && by < (actor.Is32 ? 32u : 64u):
                // What a shift pushes out is lost: only whole loads are taken.
                return actor.Inputs[0].Facts.Max <= (actor.Is32 ? uint.MaxValue : ulong.MaxValue) >> (int)by && Collect(root, actor.Inputs[0], shift + (int)by, depth + 1, pieces);
            case ActorKind.Extend when !actor.Signed && actor.Inputs[0].Facts.Max <= Rewriting.Mask(actor.Size):
                return Collect(root, actor.Inputs[0], shift, depth + 1, pieces);
            case ActorKind.Load when !actor.Signed && actor.Size < 8 && actor.Block == root.Block
                && actor.Inputs[0].Facts.Pointer.Kind is PointerKind.Packet or PointerKind.Stack:
                pieces.Add(new Piece(actor, shift));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Bytes in all and whether they are in the network's order; null when the pieces do not tile a word.</summary>
    private static (int Size, bool IsSwapped)? Layout(List<Piece> pieces)
    {
        if (pieces.Count < 2)
            return null;
        Actor start = pieces[0].Load.Inputs[0];
        int size = pieces.Sum(piece => piece.Load.Size);
        if (size is not (2 or 4 or 8) || pieces.Any(piece => piece.Load.Inputs[0] != start))
            return null;
        long from = pieces.Min(piece => piece.Load.Immediate);
        bool[] covered = new bool[size];
        foreach (Piece piece in pieces)
        {
            for (long at = piece.Load.Immediate - from; at < piece.Load.Immediate - from + piece.Load.Size; at++)
            {
                if (at >= size || covered[at])
                    return null;
                covered[at] = true;
            }
        }
        if (pieces.All(piece => piece.Shift == (piece.Load.Immediate - from) * 8))
            return (size, false);
        return pieces.All(piece => piece.Load.Size == 1 && piece.Shift == (size - 1 - (piece.Load.Immediate - from)) * 8) ? (size, true) : null;
    }

    private static bool Merge(Actor root, List<Piece> pieces)
    {
        if (Layout(pieces) is not { } layout || (root.Is32 && layout.Size == 8))
            return false;
        Block block = root.Block!;
        Actor[] loads = [.. pieces.Select(piece => piece.Load).OrderBy(block.List.IndexOf)];
        (int first, int last) = (block.List.IndexOf(loads[0]), block.List.IndexOf(loads[^1]));
        ulong regions = loads.Aggregate(0UL, (bits, load) => bits | load.Effects.Reads);
        var place = new MemoryPlace(loads[0].Inputs[0], pieces.Min(piece => piece.Load.Immediate), layout.Size);
        for (int i = first; i <= last; i++)
        {
            if (place.MayBeWrittenBy(block.List[i], regions))
                return false;
        }
        Actor wide = loads[0].Before(ActorKind.Load, loads[0].Inputs[0]);
        (wide.Size, wide.Immediate, wide.Effects) = (layout.Size, place.From, new Effects(regions, 0));
        root.Become(layout.IsSwapped ? root.Swapped(wide, layout.Size) : wide);
        foreach (Actor load in loads)
            Drop(load);
        return true;
    }

    // The pieces had no other use: the wide load reads their bytes.
    private static void Drop(Actor load)
    {
        foreach (Actor user in load.Users.ToArray())
            Drop(user);
        if (load.Block is { } block)
            block.Remove(load);
    }

    private readonly record struct Piece(Actor Load, int Shift);
}
