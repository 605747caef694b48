namespace Headrace.Verifier;

/// <summary>What else a helper asks of an argument.</summary>
[Flags]
internal enum ArgumentFlags : byte
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>NULL is taken too.</summary>
    OrNull = 1 << 0,
    /// <summary>The helper only reads: read-only memory will do.</summary>
    ReadOnly = 1 << 1,
    /// <summary>The helper writes.</summary>
    Write = 1 << 2,
    /// <summary>What is there need not have been written before.</summary>
    Uninitialized = 1 << 3,
    /// <summary>The address must be aligned to the size.</summary>
    Aligned = 1 << 4,
    /// <summary>The helper takes the reference away.</summary>
    Release = 1 << 5,
    /// <summary>Dynptr: it must lead to a ring buffer's record.</summary>
    RingBuffer = 1 << 6,
    /// <summary>Dynptr: it is made to lead to the program's memory.</summary>
    Local = 1 << 7,
}
