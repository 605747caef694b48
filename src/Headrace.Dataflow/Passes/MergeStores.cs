namespace Headrace.Dataflow;

/// <summary>Joins stores to neighbouring bytes: constants, and the parts of one value in either order of bytes.</summary>
internal sealed class MergeStores : IPass
{
    public string Name => "merge-stores";

    public string Summary => "stores to neighbouring bytes become a wide one";

    public int Run(Graph graph)
    {
        int changes = 0;
        foreach (Block block in graph.List.SelectMany(function => function.List))
        {
            for (bool merged = true; merged;)
            {
                merged = MergeOne(block);
                changes += merged ? 1 : 0;
            }
        }
        return changes;
    }

    private static bool MergeOne(Block block)
    {
        Actor[] stores = [.. block.List.Where(actor => actor is { Kind: ActorKind.Store, Size: < 8 }
            && actor.Inputs[0].Facts.Pointer.Kind is PointerKind.Packet or PointerKind.Stack)];
        for (int i = 0; i < stores.Length; i++)
        {
            for (int j = i + 1; j < stores.Length; j++)
            {
                if (stores[i].Inputs[0] == stores[j].Inputs[0] && stores[i].Size == stores[j].Size
                    && Math.Abs(stores[i].Immediate - stores[j].Immediate) == stores[i].Size
                    && IsFree(block, stores[i], stores[j]) && Merge(stores[i], stores[j]))
                {
                    return true;
                }
            }
        }
        return false;
    }

    /// <summary>True when the first store can wait until the second: nothing in between touches its bytes.</summary>
    private static bool IsFree(Block block, Actor first, Actor second)
    {
        MemoryPlace place = MemoryPlace.Of(first);
        int from = block.List.IndexOf(first), to = block.List.IndexOf(second);
        for (int i = from + 1; i < to; i++)
        {
            if (place.MayBeTouchedBy(block.List[i], first.Effects.Writes))
                return false;
        }
        return true;
    }

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
