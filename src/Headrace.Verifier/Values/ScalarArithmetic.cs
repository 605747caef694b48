using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>Arithmetic on numbers of which bits and ranges are known.</summary>
internal static class ScalarArithmetic
{
    /// <summary>Applies a binary operation or a negation.</summary>
    /// <param name="dst">First operand and result.</param>
    /// <param name="src">Second operand; not read by a negation.</param>
    /// <param name="op">Which operation; moves and byte swaps are not for here.</param>
    /// <param name="is32">True for the 32-bit class: the result's high half is 0.</param>
    public static void Apply(ref RegisterState dst, in RegisterState src, AluOp op, bool is32)
    {
        if (!IsTracked(op, src, is32))
        {
            // The kernel does not even take the high half of a 32-bit result as 0 here.
            dst.BecomeUnknown();
            return;
        }
        switch (op)
        {
            case AluOp.Add:
                Add(ref dst, src);
                break;
            case AluOp.Sub:
                Subtract(ref dst, src);
                break;
            case AluOp.Neg:
                RegisterState operand = dst;
                dst.SetKnown(0);
                Subtract(ref dst, operand);
                break;
            case AluOp.Mul:
                Multiply(ref dst, src);
                break;
            case AluOp.And or AluOp.Or or AluOp.Xor:
                BitwiseArithmetic.Apply(ref dst, src, op);
                break;
            case AluOp.Lsh:
                ShiftArithmetic.Left(ref dst, (int)src.UMin, is32);
                break;
            case AluOp.Rsh:
                ShiftArithmetic.Right(ref dst, (int)src.UMin, is32);
                break;
            default:
                ShiftArithmetic.RightSigned(ref dst, (int)src.UMin, is32);
                break;
        }
        if (is32)
            dst.ZeroExtend32();
        else
            dst.Synchronize();
    }

    // Shifts are followed for constant distances only, divisions not at all.
    private static bool IsTracked(AluOp op, in RegisterState src, bool is32) => op switch
    {
        AluOp.Div or AluOp.Mod => false,
        AluOp.Lsh or AluOp.Rsh or AluOp.Arsh => is32
            ? src.Var.Subregister.IsConst && src.U32Min == src.U32Max && src.UMax < 32
            : src.Var.IsConst && src.UMax < 64,
        _ => true,
    };

    private static void Add(ref RegisterState dst, in RegisterState src)
    {
        if (Overflows(dst.SMin, src.SMin) || Overflows(dst.SMax, src.SMax))
            (dst.SMin, dst.SMax) = (long.MinValue, long.MaxValue);
        else
            (dst.SMin, dst.SMax) = (dst.SMin + src.SMin, dst.SMax + src.SMax);
        if (Overflows(dst.S32Min, src.S32Min) || Overflows(dst.S32Max, src.S32Max))
            (dst.S32Min, dst.S32Max) = (int.MinValue, int.MaxValue);
        else
            (dst.S32Min, dst.S32Max) = (dst.S32Min + src.S32Min, dst.S32Max + src.S32Max);

        // Both ends wrap or none does: the range stays one piece.
        ulong min = dst.UMin + src.UMin, max = dst.UMax + src.UMax;
        bool split = min >= dst.UMin && max < dst.UMax;
        (dst.UMin, dst.UMax) = split ? (0, ulong.MaxValue) : (min, max);
        uint min32 = dst.U32Min + src.U32Min, max32 = dst.U32Max + src.U32Max;
        bool split32 = min32 >= dst.U32Min && max32 < dst.U32Max;
        (dst.U32Min, dst.U32Max) = split32 ? (0, uint.MaxValue) : (min32, max32);
        dst.Var += src.Var;
    }

    private static void Subtract(ref RegisterState dst, in RegisterState src)
    {
        if (Underflows(dst.SMin, src.SMax) || Underflows(dst.SMax, src.SMin))
            (dst.SMin, dst.SMax) = (long.MinValue, long.MaxValue);
        else
            (dst.SMin, dst.SMax) = (dst.SMin - src.SMax, dst.SMax - src.SMin);
        if (Underflows(dst.S32Min, src.S32Max) || Underflows(dst.S32Max, src.S32Min))
            (dst.S32Min, dst.S32Max) = (int.MinValue, int.MaxValue);
        else
            (dst.S32Min, dst.S32Max) = (dst.S32Min - src.S32Max, dst.S32Max - src.S32Min);

        bool split = dst.UMin < src.UMax && dst.UMax >= src.UMin;
        (dst.UMin, dst.UMax) = split ? (0, ulong.MaxValue) : (dst.UMin - src.UMax, dst.UMax - src.UMin);
        bool split32 = dst.U32Min < src.U32Max && dst.U32Max >= src.U32Min;
        (dst.U32Min, dst.U32Max) = split32 ? (0, uint.MaxValue) : (dst.U32Min - src.U32Max, dst.U32Max - src.U32Min);
        dst.Var -= src.Var;
    }

    private static void Multiply(ref RegisterState dst, in RegisterState src)
    {
        bool wide = Math.BigMul(dst.UMax, src.UMax, out ulong max) != 0;
        (dst.UMin, dst.UMax) = wide ? (0, ulong.MaxValue) : (dst.UMin * src.UMin, max);
        ulong max32 = (ulong)dst.U32Max * src.U32Max;
        (dst.U32Min, dst.U32Max) = max32 > uint.MaxValue ? (0, uint.MaxValue) : (dst.U32Min * src.U32Min, (uint)max32);

        Int128 a = (Int128)dst.SMin * src.SMin, b = (Int128)dst.SMin * src.SMax, c = (Int128)dst.SMax * src.SMin, d = (Int128)dst.SMax * src.SMax;
        Int128 low = Int128.Min(Int128.Min(a, b), Int128.Min(c, d)), high = Int128.Max(Int128.Max(a, b), Int128.Max(c, d));
        (dst.SMin, dst.SMax) = low < long.MinValue || high > long.MaxValue ? (long.MinValue, long.MaxValue) : ((long)low, (long)high);
        long e = (long)dst.S32Min * src.S32Min, f = (long)dst.S32Min * src.S32Max, g = (long)dst.S32Max * src.S32Min, h = (long)dst.S32Max * src.S32Max;
        long low32 = Math.Min(Math.Min(e, f), Math.Min(g, h)), high32 = Math.Max(Math.Max(e, f), Math.Max(g, h));
        (dst.S32Min, dst.S32Max) = low32 < int.MinValue || high32 > int.MaxValue ? (int.MinValue, int.MaxValue) : ((int)low32, (int)high32);
        dst.Var *= src.Var;
    }

    internal static bool Overflows(long a, long b) => ((a ^ (a + b)) & (b ^ (a + b))) < 0;

    internal static bool Underflows(long a, long b) => ((a ^ b) & (a ^ (a - b))) < 0;

    private static bool Overflows(int a, int b) => (long)a + b is < int.MinValue or > int.MaxValue;

    private static bool Underflows(int a, int b) => (long)a - b is < int.MinValue or > int.MaxValue;
}
