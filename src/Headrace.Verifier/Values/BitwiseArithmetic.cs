using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>And, or, exclusive or on partly known numbers.</summary>
internal static class BitwiseArithmetic
{
    public static void Apply(ref RegisterState dst, in RegisterState src, AluOp op)
    {
        bool known = dst.Var.IsConst && src.Var.IsConst;
        bool known32 = dst.Var.Subregister.IsConst && src.Var.Subregister.IsConst;
        dst.Var = op switch
        {
            AluOp.And => dst.Var & src.Var,
            AluOp.Or => dst.Var | src.Var,
            _ => dst.Var ^ src.Var,
        };
        if (known)
        {
            dst.SetKnown(dst.Var.Value);
            return;
        }
        Low(ref dst, src, op, known32);
        Whole(ref dst, src, op);
    }

    private static void Low(ref RegisterState dst, in RegisterState src, AluOp op, bool known)
    {
        uint value = (uint)dst.Var.Value, possible = value | (uint)dst.Var.Mask;
        if (known)
        {
            (dst.U32Min, dst.U32Max, dst.S32Min, dst.S32Max) = (value, value, (int)value, (int)value);
            return;
        }
        (dst.U32Min, dst.U32Max) = op switch
        {
            AluOp.And => (value, Math.Min(dst.U32Max, src.U32Max)),
            AluOp.Or => (Math.Max(dst.U32Min, src.U32Min), possible),
            _ => (value, possible),
        };
        bool sameSign = (int)dst.U32Min <= (int)dst.U32Max;
        (dst.S32Min, dst.S32Max) = sameSign ? ((int)dst.U32Min, (int)dst.U32Max) : (int.MinValue, int.MaxValue);
    }

    private static void Whole(ref RegisterState dst, in RegisterState src, AluOp op)
    {
        ulong value = dst.Var.Value, possible = value | dst.Var.Mask;
        (dst.UMin, dst.UMax) = op switch
        {
            AluOp.And => (value, Math.Min(dst.UMax, src.UMax)),
            AluOp.Or => (Math.Max(dst.UMin, src.UMin), possible),
            _ => (value, possible),
        };
        bool sameSign = (long)dst.UMin <= (long)dst.UMax;
        (dst.SMin, dst.SMax) = sameSign ? ((long)dst.UMin, (long)dst.UMax) : (long.MinValue, long.MaxValue);
    }
}
