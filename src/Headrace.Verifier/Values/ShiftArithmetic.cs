namespace Headrace.Verifier;

/// <summary>Shifts of partly known numbers by constant distances.</summary>
internal static class ShiftArithmetic
{
    public static void Left(ref RegisterState dst, int distance, bool is32)
    {
        if (is32)
        {
            Left32(ref dst, distance);
            dst.Var = dst.Var.Subregister << distance;
            dst.ForgetRanges64();
            dst.BoundsFromBits32();
            return;
        }
        // The usual way to sign-extend begins with a shift by 32, which keeps the sign of the low half.
        (dst.SMin, dst.SMax) = distance == 32 ? ((long)dst.S32Min << 32, (long)dst.S32Max << 32) : (long.MinValue, long.MaxValue);
        (dst.UMin, dst.UMax) = dst.UMax > 1UL << (63 - distance) ? (0, ulong.MaxValue) : (dst.UMin << distance, dst.UMax << distance);
        Left32(ref dst, distance);
        dst.Var <<= distance;
        dst.BoundsFromBits();
    }

    public static void Right(ref RegisterState dst, int distance, bool is32)
    {
        if (is32)
        {
            (dst.S32Min, dst.S32Max) = (int.MinValue, int.MaxValue);
            (dst.U32Min, dst.U32Max) = (dst.U32Min >> distance, dst.U32Max >> distance);
            dst.Var = dst.Var.Subregister >> distance;
            dst.ForgetRanges64();
            dst.BoundsFromBits32();
            return;
        }
        (dst.SMin, dst.SMax) = (long.MinValue, long.MaxValue);
        (dst.UMin, dst.UMax) = (dst.UMin >> distance, dst.UMax >> distance);
        dst.Var >>= distance;
        dst.ForgetRanges32();
        dst.BoundsFromBits();
    }

    public static void RightSigned(ref RegisterState dst, int distance, bool is32)
    {
        if (is32)
        {
            (dst.S32Min, dst.S32Max) = (dst.S32Min >> distance, dst.S32Max >> distance);
            (dst.U32Min, dst.U32Max) = (0, uint.MaxValue);
            dst.Var = dst.Var.Subregister.ShiftRightArithmetic(distance, 32);
            dst.ForgetRanges64();
            dst.BoundsFromBits32();
            return;
        }
        (dst.SMin, dst.SMax) = (dst.SMin >> distance, dst.SMax >> distance);
        (dst.UMin, dst.UMax) = (0, ulong.MaxValue);
        dst.Var = dst.Var.ShiftRightArithmetic(distance, 64);
        dst.ForgetRanges32();
        dst.BoundsFromBits();
    }

    private static void Left32(ref RegisterState dst, int distance)
    {
        (dst.S32Min, dst.S32Max) = (int.MinValue, int.MaxValue);
        (dst.U32Min, dst.U32Max) = distance > 31 || dst.U32Max > 1U << (31 - distance)
            ? (0, uint.MaxValue)
            : (dst.U32Min << distance, dst.U32Max << distance);
    }
}
