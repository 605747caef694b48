namespace Headrace.Bytecode;

/// <summary>What the immediate of an instruction may hold.</summary>
internal enum ImmediateRule : byte
{
    /// <summary>Reserved: zero.</summary>
    Zero,
    /// <summary>Any number.</summary>
    Any,
    /// <summary>A divisor known to be zero is refused.</summary>
    NonZero,
    /// <summary>A shift below the width of the operation.</summary>
    Shift,
    /// <summary>16, 32 or 64 bits to swap.</summary>
    SwapWidth,
    /// <summary>An atomic operation.</summary>
    Atomic,
    /// <summary>A jump distance in slots.</summary>
    Jump,
    /// <summary>Zero, but for an address-space cast, where it says from and to.</summary>
    AddressSpaces,
}
