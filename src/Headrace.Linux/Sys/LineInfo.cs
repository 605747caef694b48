using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary><c>struct bpf_line_info</c>: the source line of a slot, its texts as offsets into the BTF's strings.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LineInfo
{
    public uint Slot;
    public uint FileOffset;
    public uint TextOffset;

    /// <summary>Line in the upper 22 bits, column in the lower 10.</summary>
    public uint LineAndColumn;
}
