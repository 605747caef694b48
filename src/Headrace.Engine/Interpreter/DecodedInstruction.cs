using System.Runtime.InteropServices;

namespace Headrace.Engine;

/// <summary>An instruction as the interpreter runs it: 16 bytes in native memory, one a slot, with everything resolved that loading can resolve.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DecodedInstruction
{
    /// <summary>What it does.</summary>
    public Operation Operation;

    /// <summary>Index of the destination register.</summary>
    public byte Dst;

    /// <summary>Index of the source register.</summary>
    public byte Src;

    /// <summary>Displacement of an access in bytes, or distance of a jump or call in slots from the next instruction.</summary>
    public int Offset;

    /// <summary>The second operand, the address of a helper, the operation of an atomic, or the width of a load-acquire or store-release.</summary>
    public long Immediate;
}
