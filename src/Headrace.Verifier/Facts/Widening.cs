using System.Numerics;
using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>Makes values that grow with every round of a loop grow to an end soon: first to constants that the program compares with, then to everything.</summary>
internal sealed class Widening
{
    private const int PlainRounds = 4;
    private const int StepRounds = 16;
    private const int RangeRounds = 40;
    private const int NumberRounds = 60;

    private readonly long[] _signed;
    private readonly ulong[] _unsigned;
    private readonly int[] _signed32;
    private readonly uint[] _unsigned32;

    public Widening(Instruction[] code)
    {
        var steps = new SortedSet<long> { 0, 1, byte.MaxValue, ushort.MaxValue, int.MaxValue, uint.MaxValue, long.MinValue, long.MaxValue, -1, int.MinValue };
        foreach (Instruction instruction in code)
        {
            if (!instruction.Opcode.IsJump || instruction.Opcode.UsesRegister || instruction.IsCall)
                continue;
            for (int i = -1; i <= 1; i++)
                steps.Add(instruction.Imm32 + i);
        }
        _signed = [.. steps];
        _unsigned = [.. steps.Select(step => (ulong)step).Order()];
        _signed32 = [.. steps.Select(step => (int)Math.Clamp(step, int.MinValue, int.MaxValue)).Distinct()];
        _unsigned32 = [.. steps.Select(step => (uint)step).Distinct().Order()];
    }

    /// <summary>Widens what a value has become over what it was.</summary>
    /// <param name="old">What it was.</param>
    /// <param name="grown">What it is joined with this round's; it holds at least <paramref name="old"/>.</param>
    /// <param name="round">How often the place has changed.</param>
    public RegisterState Widen(in RegisterState old, in RegisterState grown, int round)
    {
        if (round <= PlainRounds || grown.Kind == RegisterKind.NotInitialized || ValueJoin.Same(old, grown))
            return grown;
        if (round > NumberRounds)
            return default;
        RegisterState value = grown;
        if (round > RangeRounds)
        {
            value.SetUnbounded();
            return value;
        }
        if (old.Kind != grown.Kind)
            return grown;
        bool steps = round <= StepRounds;
        if (value.SMin < old.SMin)
            value.SMin = steps ? Down(_signed, value.SMin) : long.MinValue;
        if (value.SMax > old.SMax)
            value.SMax = steps ? Up(_signed, value.SMax) : long.MaxValue;
        if (value.UMin < old.UMin)
            value.UMin = steps ? Down(_unsigned, value.UMin) : 0;
        if (value.UMax > old.UMax)
            value.UMax = steps ? Up(_unsigned, value.UMax) : ulong.MaxValue;
        if (value.S32Min < old.S32Min)
            value.S32Min = steps ? Down(_signed32, value.S32Min) : int.MinValue;
        if (value.S32Max > old.S32Max)
            value.S32Max = steps ? Up(_signed32, value.S32Max) : int.MaxValue;
        if (value.U32Min < old.U32Min)
            value.U32Min = steps ? Down(_unsigned32, value.U32Min) : 0;
        if (value.U32Max > old.U32Max)
            value.U32Max = steps ? Up(_unsigned32, value.U32Max) : uint.MaxValue;
        if (value.Var != old.Var && value.Var.Mask != 0)
        {
            // Counters fill the bits above the first that changes; their multiples stay what they are.
            ulong mask = ulong.MaxValue << BitOperations.TrailingZeroCount(value.Var.Mask);
            value.Var = new Tnum(value.Var.Value & ~mask, mask);
        }
        value.Synchronize();
        return value;
    }

    private static T Down<T>(T[] steps, T value) where T : IComparable<T>
    {
        int index = Array.BinarySearch(steps, value);
        return steps[index >= 0 ? index : Math.Max(~index - 1, 0)];
    }

    private static T Up<T>(T[] steps, T value) where T : IComparable<T>
    {
        int index = Array.BinarySearch(steps, value);
        return steps[index >= 0 ? index : Math.Min(~index, steps.Length - 1)];
    }
}
