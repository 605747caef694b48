using System.Runtime.InteropServices;

namespace Headrace.Engine;

/// <summary>What a local call leaves behind for its return; native memory, one for each open frame.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CallFrame
{
    /// <summary>The caller's R6.</summary>
    public ulong R6;

    /// <summary>The caller's R7.</summary>
    public ulong R7;

    /// <summary>The caller's R8.</summary>
    public ulong R8;

    /// <summary>The caller's R9.</summary>
    public ulong R9;

    /// <summary>Where the caller goes on.</summary>
    public DecodedInstruction* Return;

    /// <summary>First instruction of the caller's program: a tail call may have changed the program meanwhile.</summary>
    public DecodedInstruction* Code;

    /// <summary>Iterations that may_goto loops of this frame have left.</summary>
    public uint Loops;
}
