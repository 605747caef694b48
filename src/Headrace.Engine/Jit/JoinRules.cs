namespace Headrace.Engine.Jit;

/// <summary>What is still true of a value when two ways through a program meet.</summary>
internal static class JoinRules
{
    private const ulong WidestPacket = 1UL << 47;

    /// <summary>True when a packet base is one that the start of <paramref name="block"/> defines.</summary>
    public static bool IsOf(int id, int block) => id < 0 && -(id + 1) / AbstractState.PlaceCount == block;

    /// <summary>What holds of both values.</summary>
    /// <param name="mine">What was known at the block's start.</param>
    /// <param name="theirs">What another way brings.</param>
    /// <param name="own">The packet base this place may define at the block's start.</param>
    /// <param name="block">The block.</param>
    /// <param name="steps">Null to be exact; else bounds that changed grow to the next of these numbers (ascending), so that loops come to an end.</param>
    public static AbstractValue Join(AbstractValue mine, AbstractValue theirs, int own, int block, ulong[]? steps)
    {
        bool redefined = theirs.Kind == ValueKind.Packet && IsOf(theirs.Id, block) && (theirs.Id != own || theirs.Offset != 0);
        if (mine == theirs && !redefined)
            return mine;
        if (mine.Kind == ValueKind.MapValue || theirs.Kind == ValueKind.MapValue)
            return MapValues(mine, theirs, steps is not null);
        if (mine.Kind != theirs.Kind)
            return IsPacket(mine) && IsPacket(theirs) ? AbstractValue.PacketAnywhere : AbstractValue.Any;
        return mine.Kind switch
        {
            ValueKind.Number => Numbers(mine, theirs, steps),
            ValueKind.Packet => Packets(mine, theirs, own, steps is not null),
            _ => AbstractValue.Any,
        };
    }

    private static bool IsPacket(AbstractValue value) => value.Kind is ValueKind.Packet or ValueKind.PacketAnywhere;

    private static AbstractValue Numbers(AbstractValue mine, AbstractValue theirs, ulong[]? steps)
    {
        ulong low = Math.Min(mine.Low, theirs.Low);
        ulong high = Math.Max(mine.High, theirs.High);
        if (steps is not null && low != mine.Low)
            low = 0;
        if (steps is not null && high != mine.High)
        {
            int step = Array.BinarySearch(steps, high);
            high = step >= 0 ? high : ~step < steps.Length ? steps[~step] : ulong.MaxValue;
        }
        return AbstractValue.Number(low, high, Math.Min(mine.ZeroBits, theirs.ZeroBits));
    }

    // The meeting point becomes a base of its own: the place's content, whichever way it came.
    private static AbstractValue Packets(AbstractValue mine, AbstractValue theirs, int own, bool widen)
    {
        if (mine.Offset < 0 || theirs.Offset < 0)
            return AbstractValue.PacketAnywhere;
        ulong high = Math.Max(mine.High + (ulong)mine.Offset, theirs.High + (ulong)theirs.Offset);
        if (widen && high > mine.High)
        {
            if (high > WidestPacket)
                return AbstractValue.PacketAnywhere;
            high = WidestPacket;
        }
        return AbstractValue.PacketStart with { Id = own, High = high };
    }

    private static AbstractValue MapValues(AbstractValue mine, AbstractValue theirs, bool widen)
    {
        if (mine.IsConstant && mine.Low == 0 && theirs is { Offset: 0, High: 0 })
            return theirs with { MayBeNull = true, Id = 0 };
        if (theirs.IsConstant && theirs.Low == 0 && mine is { Offset: 0, High: 0 })
            return mine with { MayBeNull = true, Id = 0 };
        if (mine.Kind != theirs.Kind || mine.Map != theirs.Map)
            return AbstractValue.Any;
        long offset = Math.Min(mine.Offset, theirs.Offset);
        ulong high = Math.Max(mine.High + (ulong)(mine.Offset - offset), theirs.High + (ulong)(theirs.Offset - offset));
        bool mayBeNull = mine.MayBeNull || theirs.MayBeNull;
        bool grows = offset != mine.Offset || high != mine.High;
        bool sameLookup = mine.Id == theirs.Id && mine.Offset == theirs.Offset && mine.MayBeNull == theirs.MayBeNull;
        return (widen && grows) || (mayBeNull && (offset | (long)high) != 0)
            ? AbstractValue.Any
            : mine with { Offset = offset, High = high, Id = sameLookup ? mine.Id : 0, MayBeNull = mayBeNull };
    }
}
