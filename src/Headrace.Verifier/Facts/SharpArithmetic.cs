using System.Buffers.Binary;
using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>Arithmetic as it is, where the kernel's verifier gives up: divisions, shifts by unknown distances, byte swaps, 32-bit results.</summary>
internal static class SharpArithmetic
{
    /// <summary>Applies a binary operation to two numbers.</summary>
    public static void Apply(ref RegisterState dst, in RegisterState src, AluOp op, bool is32, bool isSigned)
    {
        switch (op)
        {
            case AluOp.Div when !isSigned:
                Unsigned(ref dst, src, is32, Divide);
                break;
            case AluOp.Mod when !isSigned:
                Unsigned(ref dst, src, is32, Remainder);
                break;
            case AluOp.Div or AluOp.Mod:
                Signed(ref dst, src, op == AluOp.Div, is32);
                break;
            case AluOp.Lsh or AluOp.Rsh or AluOp.Arsh:
                Shift(ref dst, src, op, is32);
                break;
            default:
                ScalarArithmetic.Apply(ref dst, src, op, is32);
                break;
        }
    }

    /// <summary>Makes the number that a byte swap, or the cut to a width, gives.</summary>
    /// <param name="dst">The number.</param>
    /// <param name="width">16, 32 or 64 bits.</param>
    /// <param name="swaps">False to cut only.</param>
    public static void Swap(ref RegisterState dst, int width, bool swaps)
    {
        if (!swaps)
        {
            if (width < 64)
                dst.Truncate(width / 8);
            return;
        }
        ulong value = Swap(dst.Var.Value, width), mask = Swap(dst.Var.Mask, width);
        dst.SetUnbounded();
        dst.Var = new Tnum(value, mask);
        dst.Synchronize();
    }

    /// <summary>The low half of a number, zero-extended.</summary>
    public static RegisterState Low(in RegisterState value)
    {
        RegisterState low = value;
        low.ZeroExtend32();
        return low;
    }

    private static ulong Swap(ulong value, int width) => width switch
    {
        16 => BinaryPrimitives.ReverseEndianness((ushort)value),
        32 => BinaryPrimitives.ReverseEndianness((uint)value),
        _ => BinaryPrimitives.ReverseEndianness(value),
    };

    private delegate (ulong Min, ulong Max) Bounds(in RegisterState a, in RegisterState b);

    private static void Unsigned(ref RegisterState dst, in RegisterState src, bool is32, Bounds bounds)
    {
        RegisterState a = is32 ? Low(dst) : dst, b = is32 ? Low(src) : src;
        (ulong min, ulong max) = bounds(a, b);
        SetUnsigned(ref dst, min, max);
    }

    // A division by zero gives 0 (RFC 9669, section 4.1).
    private static (ulong, ulong) Divide(in RegisterState a, in RegisterState b)
    {
        if (b.UMax == 0)
            return (0, 0);
        ulong min = b.UMin == 0 ? 0 : a.UMin / b.UMax;
        return (min, a.UMax / Math.Max(b.UMin, 1));
    }

    // The remainder of a division by zero is the dividend.
    private static (ulong, ulong) Remainder(in RegisterState a, in RegisterState b)
    {
        if (b.UMax == 0 || (b.UMin > 0 && a.UMax < b.UMin))
            return (a.UMin, a.UMax);
        if (a.UMin == a.UMax && b.UMin == b.UMax)
            return (a.UMin % b.UMin, a.UMin % b.UMin);
        return (0, b.UMin == 0 ? a.UMax : Math.Min(a.UMax, b.UMax - 1));
    }

    private static void Signed(ref RegisterState dst, in RegisterState src, bool isDivision, bool is32)
    {
        long aMin = is32 ? dst.S32Min : dst.SMin, aMax = is32 ? dst.S32Max : dst.SMax;
        long bMin = is32 ? src.S32Min : src.SMin, bMax = is32 ? src.S32Max : src.SMax;
        long min = is32 ? int.MinValue : long.MinValue, max = is32 ? int.MaxValue : long.MaxValue;
        if (isDivision && bMin == bMax && bMin > 0)
        {
            (min, max) = (aMin / bMin, aMax / bMin);
        }
        else if (!isDivision && bMin > 0)
        {
            // The remainder has the dividend's sign and is nearer to 0 than both operands.
            min = aMin >= 0 ? 0 : Math.Max(aMin, 1 - bMax);
            max = aMax <= 0 ? 0 : Math.Min(aMax, bMax - 1);
        }
        SetSigned(ref dst, min, max, is32);
    }

    private static void Shift(ref RegisterState dst, in RegisterState src, AluOp op, bool is32)
    {
        // Only the low bits of the distance count.
        ulong last = is32 ? 31UL : 63;
        RegisterState distance = src;
        if (distance.UMax > last)
            ScalarArithmetic.Apply(ref distance, RegisterState.Constant(last), AluOp.And, false);
        if (distance.IsConstant)
        {
            ScalarArithmetic.Apply(ref dst, distance, op, is32);
            return;
        }
        int least = (int)distance.UMin, most = (int)distance.UMax;
        RegisterState value = is32 ? Low(dst) : dst;
        switch (op)
        {
            case AluOp.Lsh:
                ulong top = is32 ? uint.MaxValue : ulong.MaxValue;
                bool fits = value.UMax <= top >> most;
                SetUnsigned(ref dst, fits ? value.UMin << least : 0, fits ? value.UMax << most : top);
                break;
            case AluOp.Rsh:
                SetUnsigned(ref dst, value.UMin >> most, value.UMax >> least);
                break;
            default:
                long min = is32 ? dst.S32Min : dst.SMin, max = is32 ? dst.S32Max : dst.SMax;
                SetSigned(ref dst, min < 0 ? min >> least : min >> most, max < 0 ? max >> most : max >> least, is32);
                break;
        }
    }

    private static void SetUnsigned(ref RegisterState dst, ulong min, ulong max)
    {
        dst.SetUnbounded();
        (dst.UMin, dst.UMax) = (min, max);
        dst.Synchronize();
    }

    private static void SetSigned(ref RegisterState dst, long min, long max, bool is32)
    {
        dst.SetUnbounded();
        if (is32)
        {
            (dst.S32Min, dst.S32Max) = ((int)min, (int)max);
            dst.ZeroExtend32();
        }
        else
        {
            (dst.SMin, dst.SMax) = (min, max);
            dst.Synchronize();
        }
    }
}
