namespace Headrace.Verifier;

/// <summary>What was acquired and must be given back.</summary>
internal enum ReferenceKind : byte
{
    /// <summary>A pointer: a socket, a ring buffer's record, a dynptr.</summary>
    Pointer,
    /// <summary>A spin lock.</summary>
    Lock,
    /// <summary>A disabled interrupt.</summary>
    Irq,
}
