namespace Headrace.Bytecode;

/// <summary>What a register field of an instruction may hold.</summary>
internal enum RegisterRule : byte
{
    /// <summary>Reserved: zero.</summary>
    Zero,
    /// <summary>A register that is read: r0 to r10.</summary>
    Read,
    /// <summary>A register that is written: r0 to r9.</summary>
    Write,
    /// <summary>The kind of a call.</summary>
    CallKind,
    /// <summary>The kind of a wide load.</summary>
    WideLoadKind,
}
