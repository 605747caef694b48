namespace Headrace.Dataflow;

/// <summary>Joins stores to neighbouring bytes: constants, and the parts of one value in either order of bytes.</summary>
internal sealed class MergeStores : IPass
{
    // Actors that a store may wait for: in a block of thousands of stores each would look at all behind it.
    private const int Farthest = 256;

    public string Name => "merge-stores";

    public string Summary => "stores to neighbouring bytes become a wide one";

    public int Run(Graph graph) => graph.List.SelectMany(function => function.List).Sum(Run);

    private static int Run(Block block)
    {
        int changes = 0;
        // What was joined may join again: twice as wide each time.
        for (int before = -1; before != changes;)
        {
            before = changes;
            for (int position = 0; position < block.List.Count; position++)
            {
                // The joined store stands where the later one stood: another is at this position now.
                while (position < block.List.Count && MergeAt(block, position))
                    changes++;
            }
        }
        return changes;
    }

    /// <summary>Joins the store at a position with one behind it that it can wait for: nothing in between touches its bytes.</summary>
    private static bool MergeAt(Block block, int position)
    {
        Actor first = block.List[position];
        if (!IsCandidate(first))
            return false;
        MemoryPlace place = MemoryPlace.Of(first);
        int last = Math.Min(block.List.Count, position + Farthest);
        for (int i = position + 1; i < last; i++)
        {
            Actor second = block.List[i];
            if (IsCandidate(second) && first.Inputs[0] == second.Inputs[0] && first.Size == second.Size
                && Math.Abs(first.Immediate - second.Immediate) == first.Size && Merge(first, second))
            {
                return true;
            }
            if (place.MayBeTouchedBy(second, first.Effects.Writes))
                return false;
        }
        return false;
    }

    private static bool IsCandidate(Actor actor) =>
        actor is { Kind: ActorKind.Store, Size: < 8 } && actor.Inputs[0].Facts.Pointer.Kind is PointerKind.Packet or PointerKind.Stack;

    private static bool Merge(Actor first, Actor second)
    {
        (Actor low, Actor high) = first.Immediate < second.Immediate ? (first, second) : (second, first);
        int size = first.Size;
        if (Joined(second, low.Inputs[1], high.Inputs[1], size) is not { } value)
            return false;
        Actor store = second.Before(ActorKind.Store, first.Inputs[0], value);
        (store.Size, store.Immediate, store.Effects) = (2 * size, low.Immediate, new Effects(0, first.Effects.Writes | second.Effects.Writes));
        store.Slot = first.Slot;
        first.Block!.Remove(first);
        second.Block!.Remove(second);
        return true;
    }

    /// <summary>The value whose halves are stored; null when there is none.</summary>
    private static Actor? Joined(Actor place, Actor low, Actor high, int size)
    {
        ulong mask = Rewriting.Mask(size);
        if (low.Kind == ActorKind.Constant && high.Kind == ActorKind.Constant)
            return place.Constant((ulong)low.Immediate & mask | ((ulong)high.Immediate & mask) << (size * 8));
        if (HighPart(high, size) is { } whole && Stripped(low) == Stripped(whole))
            return Stripped(whole);
        // In the network's order the lower address has the upper half, and each half is swapped when it has several bytes.
        Actor? swappedLow = size == 1 ? low : Unswapped(low, size), swappedHigh = size == 1 ? high : Unswapped(high, size);
        if (swappedLow is not null && swappedHigh is not null && HighPart(swappedLow, size) is { } other && Stripped(swappedHigh) == Stripped(other))
            return place.Swapped(Stripped(other), 2 * size);
        return null;
    }

    /// <summary>The value of which this is what stands above the low bytes.</summary>
    private static Actor? HighPart(Actor value, int size)
    {
        Actor shift = Stripped(value);
        return shift.Kind == ActorKind.ShiftRight && shift.ConstantInput(1) == (ulong)size * 8 ? shift.Inputs[0] : null;
    }

    // An extension that keeps at least the stored bytes makes no difference to them.
    private static Actor Stripped(Actor value) => value.Kind == ActorKind.Extend && value.Size >= 4 && !value.Signed ? value.Inputs[0] : value;

    private static Actor? Unswapped(Actor value, int size)
    {
        if (value.Kind == ActorKind.Constant)
            return null;
        Actor swap = Stripped(value);
        return swap.Kind == ActorKind.ByteSwap && swap.Size == size ? swap.Inputs[0] : null;
    }
}
