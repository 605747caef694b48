using System.Numerics;

namespace Headrace.Engine.Jit;

/// <summary>What the compiler has proved about the content of a register or a stack slot at one place of a program.</summary>
/// <param name="Kind">Where it comes from.</param>
/// <param name="Offset">Constant distance in bytes from what <paramref name="Kind"/> names.</param>
/// <param name="Low">Numbers: the least it can be, unsigned.</param>
/// <param name="High">Numbers: the most it can be, unsigned. Packet and map value pointers: the most that has been added and is not constant.</param>
/// <param name="Id">Packet pointers: the base. Map value pointers: the look-up it came from, so that one null check serves every copy; 0 when not known.</param>
/// <param name="Map">Index of the map.</param>
/// <param name="ZeroBits">Numbers: how many of the lowest bits are known to be 0.</param>
/// <param name="MayBeNull">Map value pointers: true until compared with null.</param>
internal readonly record struct AbstractValue(
    ValueKind Kind, long Offset, ulong Low, ulong High, int Id, int Map, int ZeroBits, bool MayBeNull)
{
    // Distances are kept far from where 64-bit addresses wrap around.
    private const long MaxOffset = 1 << 29;
    private const ulong MaxDistance = 1UL << 48;

    /// <summary>Nothing is known.</summary>
    public static AbstractValue Any { get; } = Number(0, ulong.MaxValue);

    /// <summary>The packet's first byte.</summary>
    public static AbstractValue PacketStart { get; } = new(ValueKind.Packet, 0, 0, 0, 0, 0, 0, false);

    /// <summary>One past the packet's last byte.</summary>
    public static AbstractValue PacketEnd { get; } = new(ValueKind.PacketEnd, 0, 0, 0, 0, 0, 0, false);

    /// <summary>True for a number of one possible value.</summary>
    public bool IsConstant => Kind == ValueKind.Number && Low == High;

    /// <summary>True when nothing is known.</summary>
    public bool IsAny => Kind == ValueKind.Number && Low == 0 && High == ulong.MaxValue;

    /// <summary>Somewhere in the packet, or not: made from a packet pointer by arithmetic without bounds.</summary>
    public static AbstractValue PacketAnywhere { get; } = new(ValueKind.PacketAnywhere, 0, 0, 0, 0, 0, 0, false);

    /// <summary>A number within bounds, both included, and a multiple of a power of two.</summary>
    /// <remarks>The bounds are moved to such multiples: what excludes a bound may then go on to the next multiple.</remarks>
    public static AbstractValue Number(ulong low, ulong high, int zeroBits = 0)
    {
        ulong between = (1UL << Math.Min(zeroBits, 63)) - 1;
        ulong first = low <= ulong.MaxValue - between ? (low + between) & ~between : low;
        ulong last = high & ~between;
        if (first <= last)
            (low, high) = (first, last);
        return new(ValueKind.Number, 0, low, high, 0, 0, low == high ? BitOperations.TrailingZeroCount(low) : zeroBits, false);
    }

    /// <summary>One number.</summary>
    public static AbstractValue Constant(ulong value) => Number(value, value);

    /// <summary>A number of at most so many bits.</summary>
    public static AbstractValue Bits(int bits) => Number(0, bits >= 64 ? ulong.MaxValue : (1UL << bits) - 1);

    /// <summary>The context or the frame pointer, plus an offset.</summary>
    public static AbstractValue At(ValueKind kind, long offset) => new(kind, offset, 0, 0, 0, 0, 0, false);

    /// <summary>The handle of a map.</summary>
    public static AbstractValue MapHandle(int map) => new(ValueKind.Map, 0, 0, 0, 0, map, 0, false);

    /// <summary>A pointer into a value of a map.</summary>
    public static AbstractValue MapValue(int map, long offset, int id, bool mayBeNull) => new(ValueKind.MapValue, offset, 0, 0, id, map, 0, mayBeNull);

    /// <summary>A pointer to a local function.</summary>
    public static AbstractValue Function(int slot) => new(ValueKind.Function, slot, 0, 0, 0, 0, 0, false);

    /// <summary>What is left of the pointer when its distance is lost.</summary>
    public AbstractValue Anywhere => Kind is ValueKind.Packet or ValueKind.PacketAnywhere ? PacketAnywhere : Any;

    /// <summary>The pointer moved by a constant, or <see cref="Any"/> when that leads too far to reason about.</summary>
    public AbstractValue Move(long distance)
    {
        if (distance == 0 || Kind == ValueKind.PacketAnywhere)
            return this;
        if (MayBeNull || Kind is ValueKind.Number or ValueKind.PacketEnd or ValueKind.Map or ValueKind.Function)
            return Any;
        if (distance is < -MaxOffset or > MaxOffset)
            return Anywhere;
        long offset = Offset + distance;
        return offset is < -MaxOffset or > MaxOffset ? Anywhere : this with { Offset = offset };
    }

    /// <summary>The pointer moved forward by a number that is not constant.</summary>
    /// <param name="number">The number.</param>
    /// <param name="id">The new base, when it points into the packet.</param>
    public AbstractValue MoveBy(AbstractValue number, int id)
    {
        if (MayBeNull || Kind is not (ValueKind.Packet or ValueKind.MapValue) || number.High > MaxDistance || High + number.High > MaxDistance)
            return Anywhere;
        AbstractValue moved = this with { High = High + number.High };
        return Kind == ValueKind.Packet ? moved with { Id = id } : moved;
    }
}
