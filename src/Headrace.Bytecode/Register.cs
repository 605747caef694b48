namespace Headrace.Bytecode;

/// <summary>The eleven eBPF registers, 64 bits each (RFC 9669, section 2).</summary>
/// <remarks>R0 returns, R1 to R5 pass arguments and are lost by a call, R6 to R9 survive it, R10 is the read-only frame pointer.</remarks>
public enum Register : byte
{
    /// <summary>Return value of calls and of the program.</summary>
    R0,
    /// <summary>First argument; the context when a program starts.</summary>
    R1,
    /// <summary>Second argument.</summary>
    R2,
    /// <summary>Third argument.</summary>
    R3,
    /// <summary>Fourth argument.</summary>
    R4,
    /// <summary>Fifth argument.</summary>
    R5,
    /// <summary>Saved by the callee.</summary>
    R6,
    /// <summary>Saved by the callee.</summary>
    R7,
    /// <summary>Saved by the callee.</summary>
    R8,
    /// <summary>Saved by the callee.</summary>
    R9,
    /// <summary>Frame pointer: the end of this frame's stack. Read-only.</summary>
    R10,
}
