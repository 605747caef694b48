using System.Numerics;

namespace Headrace.Dataflow;

/// <summary>What is proved of a token: its range as an unsigned number, its known bits, and where it points.</summary>
/// <param name="Min">Least value.</param>
/// <param name="Max">Greatest value.</param>
/// <param name="Zeros">Bits that are 0.</param>
/// <param name="Ones">Bits that are 1.</param>
/// <param name="Pointer">Where it points.</param>
public readonly record struct ValueFacts(ulong Min, ulong Max, ulong Zeros, ulong Ones, PointerFacts Pointer)
{
    /// <summary>Nothing is known, not even that it is a number.</summary>
    public static readonly ValueFacts Anything = new(0, ulong.MaxValue, 0, 0, PointerFacts.Unknown);

    /// <summary>Any number.</summary>
    public static readonly ValueFacts Number = new(0, ulong.MaxValue, 0, 0, PointerFacts.Number);

    /// <summary>The value when there is only one.</summary>
    public ulong? Constant => Min == Max ? Min : null;

    /// <summary>Bits that can be 1, from 0 on: the width a link needs.</summary>
    public int Width => 64 - BitOperations.LeadingZeroCount(Max);

    /// <summary>One number.</summary>
    public static ValueFacts Of(ulong value) => new(value, value, ~value, value, PointerFacts.Number);

    /// <summary>Numbers between two bounds.</summary>
    public static ValueFacts Between(ulong min, ulong max) => new ValueFacts(min, max, 0, 0, PointerFacts.Number).Tight();

    /// <summary>Numbers with known bits.</summary>
    public static ValueFacts OfBits(ulong zeros, ulong ones) => new ValueFacts(ones, ~zeros, zeros, ones, PointerFacts.Number).Tight();

    /// <summary>A pointer.</summary>
    public static ValueFacts Of(PointerFacts pointer) => Number with { Pointer = pointer };

    /// <summary>What bits and range tell each other.</summary>
    public ValueFacts Tight()
    {
        ulong min = Math.Max(Min, Ones), max = Math.Min(Max, ~Zeros);
        // Bits above the highest in which the bounds differ are the same in every value between them.
        int differing = 64 - BitOperations.LeadingZeroCount(min ^ max);
        ulong same = differing == 64 ? 0 : ulong.MaxValue << differing;
        return min > max ? this : this with { Min = min, Max = max, Zeros = Zeros | (~max & same), Ones = Ones | (max & same) };
    }

    /// <summary>Both hold.</summary>
    public static ValueFacts Meet(in ValueFacts a, in ValueFacts b)
    {
        PointerFacts pointer = a.Pointer.Kind == PointerKind.Unknown ? b.Pointer : a.Pointer;
        return new ValueFacts(Math.Max(a.Min, b.Min), Math.Min(a.Max, b.Max), a.Zeros | b.Zeros, a.Ones | b.Ones, pointer).Tight();
    }

    /// <summary>What holds of a token that is one or the other.</summary>
    public static ValueFacts Join(in ValueFacts a, in ValueFacts b)
    {
        // Null is a value of every pointer that look-ups give.
        PointerFacts pointer = a.Constant == 0 && b.Pointer.Kind == PointerKind.MapValue ? b.Pointer
            : b.Constant == 0 && a.Pointer.Kind == PointerKind.MapValue ? a.Pointer
            : PointerFacts.Join(a.Pointer, b.Pointer);
        return new(Math.Min(a.Min, b.Min), Math.Max(a.Max, b.Max), a.Zeros & b.Zeros, a.Ones & b.Ones, pointer);
    }
}
