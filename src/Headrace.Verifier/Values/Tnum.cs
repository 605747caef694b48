using System.Buffers.Binary;

namespace Headrace.Verifier;

/// <summary>A tristate number: every bit is 0, 1 or unknown (Documentation/bpf/verifier.rst, "Register value tracking").</summary>
/// <param name="Value">The bits known to be 1.</param>
/// <param name="Mask">The bits that are not known; never overlaps <paramref name="Value"/> in a well-formed number.</param>
public readonly record struct Tnum(ulong Value, ulong Mask)
{
    /// <summary>Nothing is known.</summary>
    public static readonly Tnum Unknown = new(0, ulong.MaxValue);

    /// <summary>True when every bit is known.</summary>
    public bool IsConst => Mask == 0;

    /// <summary>True when nothing is known.</summary>
    public bool IsUnknown => Mask == ulong.MaxValue;

    /// <summary>The number with every bit known.</summary>
    public static Tnum Const(ulong value) => new(value, 0);

    /// <summary>The least number that holds every value between two unsigned limits.</summary>
    public static Tnum Range(ulong min, ulong max)
    {
        int bits = 64 - System.Numerics.BitOperations.LeadingZeroCount(min ^ max);
        if (bits > 63)
            return Unknown;
        ulong delta = (1UL << bits) - 1;
        return new Tnum(min & ~delta, delta);
    }

    /// <summary>Shifts left.</summary>
    public static Tnum operator <<(Tnum a, int shift) => new(a.Value << shift, a.Mask << shift);

    /// <summary>Shifts right, zeros in.</summary>
    public static Tnum operator >>(Tnum a, int shift) => new(a.Value >> shift, a.Mask >> shift);

    /// <summary>Shifts right, the sign (known or not) in.</summary>
    /// <param name="shift">0 to the width less 1.</param>
    /// <param name="width">32 works on the low half and clears the high half; else 64.</param>
    public Tnum ShiftRightArithmetic(int shift, int width) => width == 32
        ? new Tnum((uint)((int)Value >> shift), (uint)((int)Mask >> shift))
        : new Tnum((ulong)((long)Value >> shift), (ulong)((long)Mask >> shift));

    /// <summary>Sum: carries that may or may not happen make bits unknown.</summary>
    public static Tnum operator +(Tnum a, Tnum b)
    {
        ulong maskSum = a.Mask + b.Mask;
        ulong valueSum = a.Value + b.Value;
        ulong unknown = ((maskSum + valueSum) ^ valueSum) | a.Mask | b.Mask;
        return new Tnum(valueSum & ~unknown, unknown);
    }

    /// <summary>Difference.</summary>
    public static Tnum operator -(Tnum a, Tnum b)
    {
        ulong difference = a.Value - b.Value;
        ulong unknown = ((difference + a.Mask) ^ (difference - b.Mask)) | a.Mask | b.Mask;
        return new Tnum(difference & ~unknown, unknown);
    }

    /// <summary>Negation.</summary>
    public static Tnum operator -(Tnum a) => Const(0) - a;

    /// <summary>Bitwise and.</summary>
    public static Tnum operator &(Tnum a, Tnum b)
    {
        ulong value = a.Value & b.Value;
        return new Tnum(value, (a.Value | a.Mask) & (b.Value | b.Mask) & ~value);
    }

    /// <summary>Bitwise or.</summary>
    public static Tnum operator |(Tnum a, Tnum b)
    {
        ulong value = a.Value | b.Value;
        return new Tnum(value, (a.Mask | b.Mask) & ~value);
    }

    /// <summary>Bitwise exclusive or.</summary>
    public static Tnum operator ^(Tnum a, Tnum b)
    {
        ulong mask = a.Mask | b.Mask;
        return new Tnum((a.Value ^ b.Value) & ~mask, mask);
    }

    /// <summary>Product, by long multiplication: what is added where a bit is unknown is unknown.</summary>
    public static Tnum operator *(Tnum a, Tnum b)
    {
        Tnum sum = Const(0);
        for (Tnum left = a, right = b; left.Value != 0 || left.Mask != 0; left >>= 1, right <<= 1)
        {
            if ((left.Value & 1) != 0)
                sum += right;
            else if ((left.Mask & 1) != 0)
                sum = (sum + right).Union(sum);
        }
        return sum;
    }

    /// <summary>The values that are in both.</summary>
    public Tnum Intersect(Tnum other)
    {
        ulong value = Value | other.Value;
        ulong mask = Mask & other.Mask;
        return new Tnum(value & ~mask, mask);
    }

    /// <summary>The least number that holds the values of both.</summary>
    public Tnum Union(Tnum other)
    {
        ulong mask = Mask | other.Mask | (Value ^ other.Value);
        return new Tnum(Value & other.Value & ~mask, mask);
    }

    /// <summary>True when no value can be in both.</summary>
    public bool IsDisjoint(Tnum other) => ((Value ^ other.Value) & ~(Mask | other.Mask)) != 0;

    /// <summary>True when every value of <paramref name="other"/> is one of this.</summary>
    public bool Contains(Tnum other) => (other.Mask & ~Mask) == 0 && (other.Value & ~Mask) == Value;

    /// <summary>Keeps the low bytes; the rest becomes 0.</summary>
    public Tnum Cast(int bytes)
    {
        ulong keep = bytes >= 8 ? ulong.MaxValue : (1UL << (bytes * 8)) - 1;
        return new Tnum(Value & keep, Mask & keep);
    }

    /// <summary>The low bytes in opposite order; what is above must be zero.</summary>
    public Tnum SwapBytes(int bytes)
    {
        int shift = 64 - 8 * bytes;
        return new Tnum(BinaryPrimitives.ReverseEndianness(Value) >> shift, BinaryPrimitives.ReverseEndianness(Mask) >> shift);
    }

    /// <summary>The low 32 bits; the rest is 0.</summary>
    public Tnum Subregister => Cast(4);

    /// <summary>The same with the low 32 bits 0.</summary>
    public Tnum ClearSubregister => new(Value & ~0xffff_ffffUL, Mask & ~0xffff_ffffUL);

    /// <summary>The same with other low 32 bits.</summary>
    public Tnum WithSubregister(Tnum subregister) => ClearSubregister | subregister.Subregister;

    /// <summary>The same with a constant in the low 32 bits.</summary>
    public Tnum WithConstSubregister(uint value) => WithSubregister(Const(value));

    /// <summary>True when every value is a multiple of a power of two.</summary>
    public bool IsAligned(ulong size) => size == 0 || ((Value | Mask) & (size - 1)) == 0;

    /// <summary>As the kernel's log writes it: <c>(0x4; 0xff)</c>, value and mask; a constant alone, in decimal up to 65535.</summary>
    public override string ToString() => !IsConst ? $"(0x{Value:x}; 0x{Mask:x})" : Value <= ushort.MaxValue ? $"{Value}" : $"0x{Value:x}";
}
