namespace Headrace.Verifier;

/// <summary>What is proved of a number: known bits, and ranges of the whole and of its low half. Every run's value satisfies all of them.</summary>
/// <param name="Bits">Known and unknown bits.</param>
/// <param name="SMin">Least as a signed 64-bit number.</param>
/// <param name="SMax">Greatest as a signed 64-bit number.</param>
/// <param name="UMin">Least as an unsigned 64-bit number.</param>
/// <param name="UMax">Greatest as an unsigned 64-bit number.</param>
/// <param name="S32Min">Least of the low half, signed.</param>
/// <param name="S32Max">Greatest of the low half, signed.</param>
/// <param name="U32Min">Least of the low half, unsigned.</param>
/// <param name="U32Max">Greatest of the low half, unsigned.</param>
public readonly record struct NumberFacts(
    Tnum Bits, long SMin, long SMax, ulong UMin, ulong UMax, int S32Min, int S32Max, uint U32Min, uint U32Max)
{
    /// <summary>Nothing is known.</summary>
    public static readonly NumberFacts Unknown = Of(RegisterState.UnknownScalar());

    /// <summary>True when it has one value.</summary>
    public bool IsConstant => UMin == UMax;

    /// <summary>Its value when it has one, else null.</summary>
    public ulong? Constant => IsConstant ? UMin : null;

    /// <summary>True when the upper half is always 0, so that 32 bits hold it.</summary>
    public bool Is32Bit => UMax <= uint.MaxValue;

    /// <summary>Unsigned bits that hold it: 0 for the number 0, 64 when nothing is known.</summary>
    public int Width => 64 - System.Numerics.BitOperations.LeadingZeroCount(UMax);

    /// <summary>True when nothing is known.</summary>
    public bool IsUnknown => this == Unknown;

    /// <summary>True when a value satisfies all that is proved.</summary>
    public bool Holds(ulong value) =>
        (value & ~Bits.Mask) == Bits.Value
        && value >= UMin && value <= UMax && (long)value >= SMin && (long)value <= SMax
        && (uint)value >= U32Min && (uint)value <= U32Max && (int)value >= S32Min && (int)value <= S32Max;

    /// <summary>The constant, or the bounds that say something: <c>5</c>, <c>[0,255]</c>, <c>?</c>.</summary>
    public override string ToString() =>
        IsConstant ? $"{(long)UMin}" : IsUnknown ? "?" : SMin >= 0 || SMin == long.MinValue ? $"[{UMin},{UMax}]" : $"[{SMin},{SMax}]";

    internal static NumberFacts Of(in RegisterState state) => new(
        state.Var, state.SMin, state.SMax, state.UMin, state.UMax, state.S32Min, state.S32Max, state.U32Min, state.U32Max);
}
