using System.Buffers.Binary;
using Headrace.Bytecode;

namespace Headrace.Dataflow;

/// <summary>Ranges and known bits through arithmetic.</summary>
internal static class RangeArithmetic
{
    /// <summary>What is proved of a result; where it points is not looked at.</summary>
    public static ValueFacts Of(Actor actor, ValueFacts a, ValueFacts b)
    {
        if (actor.Is32 && actor.Kind != ActorKind.Extend)
        {
            a = Low(a, 4);
            b = Low(b, 4);
        }
        if (a.Constant is { } first && (actor.Inputs.Count < 2 || b.Constant is not null))
            return ValueFacts.Of(Evaluation.Compute(actor, first, b.Constant ?? 0));
        ulong limit = actor.Is32 ? uint.MaxValue : ulong.MaxValue;
        ValueFacts result = Of(actor, a, b, limit);
        if (!actor.Is32)
            return result;
        // Whatever was not found out, a 32-bit result has zeros above.
        return (result with { Max = Math.Min(result.Max, limit), Min = result.Min > limit ? 0 : result.Min, Zeros = result.Zeros | ~limit, Ones = result.Ones & limit }).Tight();
    }

    private static ValueFacts Of(Actor actor, in ValueFacts a, in ValueFacts b, ulong limit)
    {
        switch (actor.Kind)
        {
            case ActorKind.Add:
                return a.Max <= limit - Math.Min(limit, b.Max) ? ValueFacts.Between(a.Min + b.Min, a.Max + b.Max) : ValueFacts.Number;
            case ActorKind.Subtract:
                return a.Min >= b.Max ? ValueFacts.Between(a.Min - b.Max, a.Max - b.Min) : ValueFacts.Number;
            case ActorKind.Multiply:
                return Math.BigMul(a.Max, b.Max, out ulong product) == 0 && product <= limit ? ValueFacts.Between(a.Min * b.Min, product) : ValueFacts.Number;
            case ActorKind.Divide when b.Min > 0 && b.Max >= b.Min: // on a path that is never taken, facts may contradict each other
                return ValueFacts.Between(a.Min / b.Max, a.Max / b.Min);
            case ActorKind.Divide:
                return ValueFacts.Between(0, a.Max);
            case ActorKind.Remainder when b.Min > 0:
                return a.Max < b.Min ? a : ValueFacts.Between(0, Math.Min(a.Max, b.Max - 1));
            case ActorKind.Remainder:
                return ValueFacts.Between(0, a.Max);
            case ActorKind.And:
                return Bits(a.Zeros | b.Zeros, a.Ones & b.Ones, 0, Math.Min(a.Max, b.Max));
            case ActorKind.Or:
                return Bits(a.Zeros & b.Zeros, a.Ones | b.Ones, Math.Max(a.Min, b.Min), ulong.MaxValue);
            case ActorKind.Xor:
                return ValueFacts.OfBits((a.Zeros & b.Zeros) | (a.Ones & b.Ones), (a.Zeros & b.Ones) | (a.Ones & b.Zeros));
            case ActorKind.ShiftLeft when b.Constant is { } by:
                return ShiftLeft(a, (int)by & (actor.Is32 ? 31 : 63), limit);
            case ActorKind.ShiftRight or ActorKind.ShiftRightSigned when b.Constant is { } by && (actor.Kind == ActorKind.ShiftRight || a.Max <= limit >> 1):
                int right = (int)by & (actor.Is32 ? 31 : 63);
                return Bits((a.Zeros >> right) | (right == 0 ? 0 : ~(limit >> right)), a.Ones >> right, a.Min >> right, a.Max >> right);
            case ActorKind.ShiftRight:
                return ValueFacts.Between(0, a.Max);
            case ActorKind.Extend:
                return actor.Signed ? SignExtend(a, actor) : Low(a, actor.Size);
            case ActorKind.ByteSwap:
                return Swap(a, actor.Size);
            default:
                return ValueFacts.Number;
        }
    }

    /// <summary>A comparison: its result where ranges or bits decide it.</summary>
    public static ValueFacts Compare(Actor actor, ValueFacts a, ValueFacts b)
    {
        bool numbers = a.Pointer.Kind == PointerKind.None && b.Pointer.Kind == PointerKind.None;
        if (actor.Is32)
            (a, b) = (Low(a, 4), Low(b, 4));
        bool? holds = actor.Condition switch
        {
            JumpOp.Jeq => Equal(a, b),
            JumpOp.Jne => !Equal(a, b),
            JumpOp.Jgt => Greater(a, b),
            JumpOp.Jle => !Greater(a, b),
            JumpOp.Jlt => Greater(b, a),
            JumpOp.Jge => !Greater(b, a),
            JumpOp.Jset => (a.Ones & b.Ones) != 0 ? true : (~a.Zeros & ~b.Zeros) == 0 ? false : null,
            JumpOp.Jsgt => SignedGreater(a, b, actor.Is32),
            JumpOp.Jsle => !SignedGreater(a, b, actor.Is32),
            JumpOp.Jslt => SignedGreater(b, a, actor.Is32),
            JumpOp.Jsge => !SignedGreater(b, a, actor.Is32),
            _ => null,
        };
        // Of pointers only that they are not null is known.
        bool isNullCheck = a.Min > 0 && b.Constant == 0 && actor.Condition is JumpOp.Jeq or JumpOp.Jne;
        return holds is { } known && (numbers || actor.Is32 || isNullCheck) ? ValueFacts.Of(known ? 1UL : 0) : ValueFacts.Between(0, 1);
    }

    /// <summary>The low bytes of a value.</summary>
    public static ValueFacts Low(in ValueFacts a, int size)
    {
        if (size == 8)
            return a;
        ulong mask = ulong.MaxValue >> (64 - size * 8);
        ValueFacts bits = ValueFacts.OfBits(a.Zeros | ~mask, a.Ones & mask);
        return a.Max <= mask ? (bits with { Min = Math.Max(bits.Min, a.Min), Max = Math.Min(bits.Max, a.Max) }).Tight() : bits;
    }

    private static ValueFacts Bits(ulong zeros, ulong ones, ulong min, ulong max) => new ValueFacts(min, max, zeros, ones, PointerFacts.Number).Tight();

    private static ValueFacts ShiftLeft(in ValueFacts a, int by, ulong limit)
    {
        ulong zeros = (a.Zeros << by) | ((1UL << by) - 1), ones = a.Ones << by;
        return a.Max <= limit >> by ? Bits(zeros, ones, a.Min << by, a.Max << by) : ValueFacts.OfBits(zeros, ones & ~zeros);
    }

    private static ValueFacts SignExtend(in ValueFacts a, Actor actor)
    {
        ulong sign = 1UL << (actor.Size * 8 - 1);
        return (a.Zeros & sign) != 0 ? Low(a, actor.Size) : ValueFacts.Number;
    }

    private static ValueFacts Swap(in ValueFacts a, int size)
    {
        ulong zeros = BinaryPrimitives.ReverseEndianness(a.Zeros) >> (64 - size * 8);
        ulong ones = BinaryPrimitives.ReverseEndianness(a.Ones) >> (64 - size * 8);
        ulong mask = ulong.MaxValue >> (64 - size * 8);
        return ValueFacts.OfBits(zeros | ~mask, ones);
    }

    private static bool? Equal(in ValueFacts a, in ValueFacts b)
    {
        if (a.Constant is { } known && known == b.Constant)
            return true;
        return a.Max < b.Min || b.Max < a.Min || (a.Ones & b.Zeros) != 0 || (a.Zeros & b.Ones) != 0 ? false : null;
    }

    private static bool? Greater(in ValueFacts a, in ValueFacts b) => a.Min > b.Max ? true : a.Max <= b.Min ? false : null;

    // Decided only where neither range crosses from the positive to the negative numbers.
    private static bool? SignedGreater(in ValueFacts a, in ValueFacts b, bool is32)
    {
        return Signed(a, is32) is { } x && Signed(b, is32) is { } y ? x.Min > y.Max ? true : x.Max <= y.Min ? false : null : null;
    }

    private static (long Min, long Max)? Signed(in ValueFacts a, bool is32)
    {
        long min = is32 ? (int)a.Min : (long)a.Min, max = is32 ? (int)a.Max : (long)a.Max;
        return min <= max ? (min, max) : null;
    }
}
