using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary>What <c>BPF_PROG_QUERY</c> reads; <see cref="Count"/>, <see cref="AttachFlags"/> and <see cref="Revision"/> are written back.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ProgramQueryAttr
{
    public uint Target;
    public uint AttachType;
    public uint QueryFlags;
    public uint AttachFlags;
    public uint* ProgramIds;
    public uint Count;
    private readonly uint _padding;
    public uint* ProgramAttachFlags;
    public uint* LinkIds;
    public uint* LinkAttachFlags;
    public ulong Revision;
}
