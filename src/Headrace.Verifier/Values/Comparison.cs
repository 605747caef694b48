using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>What comparisons of two numbers tell.</summary>
internal static class Comparison
{
    /// <summary>Tells whether a jump is taken.</summary>
    /// <returns>True or false when every pair of values agrees, null when it depends.</returns>
    public static bool? Decide(in RegisterState a, in RegisterState b, JumpOp op, bool is32) => op switch
    {
        JumpOp.Jeq => AreEqual(a, b, is32),
        JumpOp.Jne => !AreEqual(a, b, is32),
        JumpOp.Jset => HasBits(a, b, is32),
        JumpOp.Jgt => IsGreater(a, b, is32),
        JumpOp.Jle => !IsGreater(a, b, is32),
        JumpOp.Jlt => IsGreater(b, a, is32),
        JumpOp.Jge => !IsGreater(b, a, is32),
        JumpOp.Jsgt => IsGreaterSigned(a, b, is32),
        JumpOp.Jsle => !IsGreaterSigned(a, b, is32),
        JumpOp.Jslt => IsGreaterSigned(b, a, is32),
        _ => !IsGreaterSigned(b, a, is32),
    };

    /// <summary>Narrows both operands by a comparison that holds.</summary>
    /// <remarks>Where it does not hold, they are narrowed by the opposite.</remarks>
    public static void Refine(ref RegisterState a, ref RegisterState b, JumpOp op, bool is32, bool holds)
    {
        switch (op)
        {
            case JumpOp.Jeq or JumpOp.Jne:
                if (op == JumpOp.Jeq == holds)
                    MakeEqual(ref a, ref b, is32);
                else if (b.IsKnown(is32))
                    Exclude(ref a, b, is32);
                else if (a.IsKnown(is32))
                    Exclude(ref b, a, is32);
                break;
            case JumpOp.Jset:
                if (b.IsKnown(is32))
                    RefineBits(ref a, b.KnownValue(is32), is32, holds);
                else if (a.IsKnown(is32))
                    RefineBits(ref b, a.KnownValue(is32), is32, holds);
                break;
            case JumpOp.Jgt or JumpOp.Jle:
                Order(ref a, ref b, is32, isSigned: false, greater: op == JumpOp.Jgt == holds);
                break;
            case JumpOp.Jlt or JumpOp.Jge:
                Order(ref b, ref a, is32, isSigned: false, greater: op == JumpOp.Jlt == holds);
                break;
            case JumpOp.Jsgt or JumpOp.Jsle:
                Order(ref a, ref b, is32, isSigned: true, greater: op == JumpOp.Jsgt == holds);
                break;
            default:
                Order(ref b, ref a, is32, isSigned: true, greater: op == JumpOp.Jslt == holds);
                break;
        }
        a.Synchronize();
        b.Synchronize();
    }

    private static bool? AreEqual(in RegisterState a, in RegisterState b, bool is32)
    {
        Tnum x = is32 ? a.Var.Subregister : a.Var, y = is32 ? b.Var.Subregister : b.Var;
        if (x.IsConst && y.IsConst)
            return x.Value == y.Value;
        bool apart = x.IsDisjoint(y)
            || a.U32Min > b.U32Max || a.U32Max < b.U32Min || a.S32Min > b.S32Max || a.S32Max < b.S32Min
            || (!is32 && (a.UMin > b.UMax || a.UMax < b.UMin || a.SMin > b.SMax || a.SMax < b.SMin));
        return apart ? false : null;
    }

    private static bool? HasBits(in RegisterState a, in RegisterState b, bool is32)
    {
        bool swap = !b.IsKnown(is32);
        if (swap && !a.IsKnown(is32))
            return null;
        ulong bits = swap ? a.KnownValue(is32) : b.KnownValue(is32);
        Tnum value = swap ? b.Var : a.Var;
        if ((value.Value & bits) != 0)
            return true;
        return ((value.Value | value.Mask) & bits) == 0 ? false : null;
    }

    private static bool? IsGreater(in RegisterState a, in RegisterState b, bool is32)
    {
        ulong aMin = is32 ? a.U32Min : a.UMin, aMax = is32 ? a.U32Max : a.UMax;
        ulong bMin = is32 ? b.U32Min : b.UMin, bMax = is32 ? b.U32Max : b.UMax;
        return aMin > bMax ? true : aMax <= bMin ? false : null;
    }

    private static bool? IsGreaterSigned(in RegisterState a, in RegisterState b, bool is32)
    {
        long aMin = is32 ? a.S32Min : a.SMin, aMax = is32 ? a.S32Max : a.SMax;
        long bMin = is32 ? b.S32Min : b.SMin, bMax = is32 ? b.S32Max : b.SMax;
        return aMin > bMax ? true : aMax <= bMin ? false : null;
    }

    private static void MakeEqual(ref RegisterState a, ref RegisterState b, bool is32)
    {
        a.U32Min = b.U32Min = Math.Max(a.U32Min, b.U32Min);
        a.U32Max = b.U32Max = Math.Min(a.U32Max, b.U32Max);
        a.S32Min = b.S32Min = Math.Max(a.S32Min, b.S32Min);
        a.S32Max = b.S32Max = Math.Min(a.S32Max, b.S32Max);
        if (is32)
        {
            Tnum low = a.Var.Subregister.Intersect(b.Var.Subregister);
            a.Var = a.Var.WithSubregister(low);
            b.Var = b.Var.WithSubregister(low);
            return;
        }
        a.UMin = b.UMin = Math.Max(a.UMin, b.UMin);
        a.UMax = b.UMax = Math.Min(a.UMax, b.UMax);
        a.SMin = b.SMin = Math.Max(a.SMin, b.SMin);
        a.SMax = b.SMax = Math.Min(a.SMax, b.SMax);
        a.Var = b.Var = a.Var.Intersect(b.Var);
    }

    // A value that is known not to be there moves an end of the range only where it is the end.
    private static void Exclude(ref RegisterState a, in RegisterState known, bool is32)
    {
        ulong value = known.KnownValue(is32);
        if (is32)
        {
            if (a.U32Min == (uint)value)
                a.U32Min++;
            if (a.U32Max == (uint)value)
                a.U32Max--;
            if (a.S32Min == (int)value)
                a.S32Min++;
            if (a.S32Max == (int)value)
                a.S32Max--;
            return;
        }
        if (a.UMin == value)
            a.UMin++;
        if (a.UMax == value)
            a.UMax--;
        if (a.SMin == (long)value)
            a.SMin++;
        if (a.SMax == (long)value)
            a.SMax--;
    }

    private static void RefineBits(ref RegisterState a, ulong bits, bool is32, bool set)
    {
        Tnum value = is32 ? a.Var.Subregister : a.Var;
        if (!set)
        {
            // The ranges are taken anew from the bits: on a path that no run takes they could contradict each other.
            a.ForgetRanges();
            value &= Tnum.Const(is32 ? (uint)~bits : ~bits);
        }
        else if (System.Numerics.BitOperations.IsPow2(bits))
            value |= Tnum.Const(bits);
        a.Var = is32 ? a.Var.WithSubregister(value) : value;
    }

    // greater: a > b; else a <= b.
    private static void Order(ref RegisterState a, ref RegisterState b, bool is32, bool isSigned, bool greater)
    {
        switch (is32, isSigned, greater)
        {
            case (true, false, true):
                a.U32Min = Math.Max(b.U32Min + 1, a.U32Min);
                b.U32Max = Math.Min(b.U32Max, a.U32Max - 1);
                break;
            case (true, false, false):
                a.U32Max = Math.Min(a.U32Max, b.U32Max);
                b.U32Min = Math.Max(a.U32Min, b.U32Min);
                break;
            case (true, true, true):
                a.S32Min = Math.Max(b.S32Min + 1, a.S32Min);
                b.S32Max = Math.Min(b.S32Max, a.S32Max - 1);
                break;
            case (true, true, false):
                a.S32Max = Math.Min(a.S32Max, b.S32Max);
                b.S32Min = Math.Max(a.S32Min, b.S32Min);
                break;
            case (false, false, true):
                a.UMin = Math.Max(b.UMin + 1, a.UMin);
                b.UMax = Math.Min(b.UMax, a.UMax - 1);
                break;
            case (false, false, false):
                a.UMax = Math.Min(a.UMax, b.UMax);
                b.UMin = Math.Max(a.UMin, b.UMin);
                break;
            case (false, true, true):
                a.SMin = Math.Max(b.SMin + 1, a.SMin);
                b.SMax = Math.Min(b.SMax, a.SMax - 1);
                break;
            case (false, true, false):
                a.SMax = Math.Min(a.SMax, b.SMax);
                b.SMin = Math.Max(a.SMin, b.SMin);
                break;
        }
    }
}
