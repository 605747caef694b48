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
    /// <param name="widen">True to give up bounds that keep changing.</param>
    public static AbstractValue Join(AbstractValue mine, AbstractValue theirs, int own, int block, bool widen)
    {
        bool redefined = theirs.Kind == ValueKind.Packet && IsOf(theirs.Id, block) && (theirs.Id != own || theirs.Offset != 0);
        if (mine == theirs && !redefined)
            return mine;
        if (mine.Kind == ValueKind.MapValue || theirs.Kind == ValueKind.MapValue)
            return MapValues(mine, theirs, widen);
        if (mine.Kind != theirs.Kind)
            return AbstractValue.Any;
        return mine.Kind switch
        {
            ValueKind.Number => Numbers(mine, theirs, widen),
            ValueKind.Packet => Packets(mine, theirs, own, widen),
            _ => AbstractValue.Any,
        };
    }

    private static AbstractValue Numbers(AbstractValue mine, AbstractValue theirs, bool widen)
    {
        ulong low = Math.Min(mine.Low, theirs.Low);
        ulong high = Math.Max(mine.High, theirs.High);
        if (widen && low != mine.Low)
            low = 0;
        if (widen && high != mine.High)
            high = high <= byte.MaxValue ? byte.MaxValue : high <= ushort.MaxValue ? ushort.MaxValue : high <= uint.MaxValue ? uint.MaxValue : ulong.MaxValue;
        return AbstractValue.Number(low, high);
    }

    // The meeting point becomes a base of its own: the place's content, whichever way it came.
    private static AbstractValue Packets(AbstractValue mine, AbstractValue theirs, int own, bool widen)
    {
        if (mine.Offset < 0 || theirs.Offset < 0)
            return AbstractValue.Any;
        ulong high = Math.Max(mine.High + (ulong)mine.Offset, theirs.High + (ulong)theirs.Offset);
        if (widen && high > mine.High)
        {
            if (high > WidestPacket)
                return AbstractValue.Any;
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
