using System.Buffers.Binary;
using Headrace.Bytecode;

namespace Headrace.Dataflow;

/// <summary>What pure actors give for given inputs: the arithmetic of RFC 9669.</summary>
internal static class Evaluation
{
    /// <summary>The result of a pure actor other than literals, parameters and merges.</summary>
    public static ulong Compute(Actor actor, ulong a, ulong b = 0, ulong c = 0) => actor.Kind switch
    {
        ActorKind.Extend => Extend(a, actor.Size, actor.Signed, actor.Is32),
        ActorKind.ByteSwap => Swap(a, actor.Size),
        ActorKind.Compare => Holds(actor.Condition, actor.Is32, a, b) ? 1UL : 0,
        ActorKind.Select => a != 0 ? b : c,
        _ => actor.Is32 ? Compute32(actor.Kind, (uint)a, (uint)b) : Compute64(actor.Kind, a, b),
    };

    /// <summary>A comparison.</summary>
    public static bool Holds(JumpOp condition, bool is32, ulong a, ulong b)
    {
        if (is32)
            (a, b) = ((uint)a, (uint)b);
        long signedA = is32 ? (int)a : (long)a, signedB = is32 ? (int)b : (long)b;
        return condition switch
        {
            JumpOp.Jeq => a == b,
            JumpOp.Jne => a != b,
            JumpOp.Jgt => a > b,
            JumpOp.Jge => a >= b,
            JumpOp.Jlt => a < b,
            JumpOp.Jle => a <= b,
            JumpOp.Jset => (a & b) != 0,
            JumpOp.Jsgt => signedA > signedB,
            JumpOp.Jsge => signedA >= signedB,
            JumpOp.Jslt => signedA < signedB,
            _ => signedA <= signedB,
        };
    }

    /// <summary>The low bytes of a value, extended.</summary>
    public static ulong Extend(ulong value, int size, bool signed, bool to32 = false)
    {
        ulong extended = (size, signed) switch
        {
            (1, true) => (ulong)(sbyte)value,
            (2, true) => (ulong)(short)value,
            (4, true) => (ulong)(int)value,
            (1, false) => (byte)value,
            (2, false) => (ushort)value,
            (4, false) => (uint)value,
            _ => value,
        };
        return to32 ? (uint)extended : extended;
    }

    private static ulong Swap(ulong value, int size) => size switch
    {
        2 => BinaryPrimitives.ReverseEndianness((ushort)value),
        4 => BinaryPrimitives.ReverseEndianness((uint)value),
        _ => BinaryPrimitives.ReverseEndianness(value),
    };

    private static ulong Compute64(ActorKind kind, ulong a, ulong b) => kind switch
    {
        ActorKind.Add => a + b,
        ActorKind.Subtract => a - b,
        ActorKind.Multiply => a * b,
        ActorKind.MultiplyHigh => Math.BigMul(a, b, out _),
        ActorKind.Divide => b == 0 ? 0 : a / b,
        ActorKind.DivideSigned => b == 0 ? 0 : b == ulong.MaxValue ? (ulong)-(long)a : (ulong)((long)a / (long)b),
        ActorKind.Remainder => b == 0 ? a : a % b,
        ActorKind.RemainderSigned => b == 0 ? a : b == ulong.MaxValue ? 0 : (ulong)((long)a % (long)b),
        ActorKind.And => a & b,
        ActorKind.Or => a | b,
        ActorKind.Xor => a ^ b,
        ActorKind.ShiftLeft => a << (int)b,
        ActorKind.ShiftRight => a >> (int)b,
        ActorKind.ShiftRightSigned => (ulong)((long)a >> (int)b),
        ActorKind.Negate => (ulong)-(long)a,
        _ => throw new InvalidOperationException($"{kind} is no arithmetic"),
    };

    private static uint Compute32(ActorKind kind, uint a, uint b) => kind switch
    {
        ActorKind.Add => a + b,
        ActorKind.Subtract => a - b,
        ActorKind.Multiply => a * b,
        ActorKind.Divide => b == 0 ? 0 : a / b,
        ActorKind.DivideSigned => b == 0 ? 0 : b == uint.MaxValue ? (uint)-(int)a : (uint)((int)a / (int)b),
        ActorKind.Remainder => b == 0 ? a : a % b,
        ActorKind.RemainderSigned => b == 0 ? a : b == uint.MaxValue ? 0 : (uint)((int)a % (int)b),
        ActorKind.And => a & b,
        ActorKind.Or => a | b,
        ActorKind.Xor => a ^ b,
        ActorKind.ShiftLeft => a << (int)b,
        ActorKind.ShiftRight => a >> (int)b,
        ActorKind.ShiftRightSigned => (uint)((int)a >> (int)b),
        ActorKind.Negate => (uint)-(int)a,
        _ => throw new InvalidOperationException($"{kind} is no 32-bit arithmetic"),
    };
}
