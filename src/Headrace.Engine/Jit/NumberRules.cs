using System.Numerics;
using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

/// <summary>Bounds of the results of arithmetic on bounded numbers.</summary>
internal static class NumberRules
{
    /// <summary>The bounds of <paramref name="a"/> <paramref name="op"/> <paramref name="b"/>; operands that are no numbers count as unknown.</summary>
    /// <param name="op">The operation; not a byte swap nor a sign-extending move.</param>
    /// <param name="is64">True for 64-bit arithmetic.</param>
    /// <param name="signed">True for signed division and modulo.</param>
    /// <param name="a">The destination's old content.</param>
    /// <param name="b">The source.</param>
    public static AbstractValue Apply(AluOp op, bool is64, bool signed, AbstractValue a, AbstractValue b)
    {
        a = AsNumber(a, is64);
        b = AsNumber(b, is64);
        AbstractValue result = Wide(op, is64 ? 63 : 31, signed, a, b);
        if (!is64 && result.High > uint.MaxValue)
            result = AbstractValue.Bits(32);
        return AbstractValue.Number(result.Low, result.High, ZeroBits(op, is64 ? 63 : 31, a, b));
    }

    /// <summary>Lowest bits that are 0 in every result; wrapping around does not change them.</summary>
    private static int ZeroBits(AluOp op, int mask, AbstractValue a, AbstractValue b) => op switch
    {
        AluOp.Mov => b.ZeroBits,
        AluOp.Add or AluOp.Sub or AluOp.Or or AluOp.Xor => Math.Min(a.ZeroBits, b.ZeroBits),
        AluOp.And => Math.Max(a.ZeroBits, b.ZeroBits),
        AluOp.Mul => Math.Min(mask + 1, a.ZeroBits + b.ZeroBits),
        AluOp.Lsh when b.IsConstant => Math.Min(mask + 1, a.ZeroBits + (int)(b.Low & (uint)mask)),
        _ => 0,
    };

    /// <summary>The low bits of a value as a number.</summary>
    public static AbstractValue AsNumber(AbstractValue value, bool is64)
    {
        if (value.Kind != ValueKind.Number)
            return AbstractValue.Bits(is64 ? 64 : 32);
        if (is64 || value.High <= uint.MaxValue)
            return value;
        return value.IsConstant ? AbstractValue.Constant((uint)value.Low) : AbstractValue.Number(0, uint.MaxValue, value.ZeroBits);
    }

    private static AbstractValue Wide(AluOp op, int signBit, bool signed, AbstractValue a, AbstractValue b)
    {
        ulong sign = 1UL << signBit;
        switch (op)
        {
            case AluOp.Mov:
                return b;
            case AluOp.Add:
                return a.High <= ulong.MaxValue - b.High ? AbstractValue.Number(a.Low + b.Low, a.High + b.High) : Wrapped(a, b, a.Low + b.Low);
            case AluOp.Sub:
                return a.Low >= b.High ? AbstractValue.Number(a.Low - b.High, a.High - b.Low) : Subtract(a, b, signBit);
            case AluOp.Mul:
                return Math.BigMul(a.High, b.High, out ulong product) == 0 ? AbstractValue.Number(a.Low * b.Low, product) : AbstractValue.Any;
            case AluOp.And:
                return a.IsConstant && b.IsConstant ? AbstractValue.Constant(a.Low & b.Low) : AbstractValue.Number(0, Math.Min(a.High, b.High));
            case AluOp.Or:
                return a.IsConstant && b.IsConstant ? AbstractValue.Constant(a.Low | b.Low) : AbstractValue.Number(Math.Max(a.Low, b.Low), Fill(a.High | b.High));
            case AluOp.Xor:
                return a.IsConstant && b.IsConstant ? AbstractValue.Constant(a.Low ^ b.Low) : AbstractValue.Number(0, Fill(a.High | b.High));
            case AluOp.Lsh when b.IsConstant:
                int left = (int)(b.Low & (uint)signBit);
                return a.High <= ulong.MaxValue >> left ? AbstractValue.Number(a.Low << left, a.High << left) : AbstractValue.Any;
            case AluOp.Rsh when b.IsConstant:
            case AluOp.Arsh when b.IsConstant && a.High < sign:
                int right = (int)(b.Low & (uint)signBit);
                return AbstractValue.Number(a.Low >> right, a.High >> right);
            case AluOp.Rsh:
            case AluOp.Arsh when a.High < sign:
                return AbstractValue.Number(0, a.High);
            case AluOp.Div or AluOp.Mod when signed && (a.High >= sign || b.High >= sign):
                return AbstractValue.Any;
            case AluOp.Div when b.IsConstant && b.Low != 0:
                return AbstractValue.Number(a.Low / b.Low, a.High / b.Low);
            case AluOp.Div:
                return AbstractValue.Number(0, a.High);
            case AluOp.Mod when b.Low > 0:
                return AbstractValue.Number(0, Math.Min(a.High, b.High - 1));
            case AluOp.Mod:
                return AbstractValue.Number(0, a.High);
            default:
                return AbstractValue.Any;
        }
    }

    // Negative constants are large numbers that wrap around: exact when both sides are one number.
    private static AbstractValue Wrapped(AbstractValue a, AbstractValue b, ulong sum) =>
        a.IsConstant && b.IsConstant ? AbstractValue.Constant(sum) : AbstractValue.Any;

    private static AbstractValue Subtract(AbstractValue a, AbstractValue b, int signBit) =>
        !(a.IsConstant && b.IsConstant) ? AbstractValue.Any
        : AbstractValue.Constant(signBit == 63 ? a.Low - b.Low : (uint)(a.Low - b.Low));

    private static ulong Fill(ulong value) => value == 0 ? 0 : ulong.MaxValue >> BitOperations.LeadingZeroCount(value);
}
