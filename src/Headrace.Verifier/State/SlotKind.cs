namespace Headrace.Verifier;

/// <summary>What one byte of the stack holds.</summary>
internal enum SlotKind : byte
{
    /// <summary>Nothing was written.</summary>
    Invalid,
    /// <summary>Part of a spilled register.</summary>
    Spill,
    /// <summary>Some number.</summary>
    Misc,
    /// <summary>Zero.</summary>
    Zero,
    /// <summary>Part of a dynptr.</summary>
    Dynptr,
    /// <summary>Part of an iterator.</summary>
    Iterator,
    /// <summary>A saved interrupt flag.</summary>
    IrqFlag,
}
