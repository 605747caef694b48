using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary>What <c>BPF_LINK_CREATE</c> reads for devices: XDP and tcx.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LinkCreateAttr
{
    public int ProgramFd;
    public uint TargetIfindex;
    public uint AttachType;
    public uint Flags;
    public uint RelativeFd;
    private readonly uint _padding;
    public ulong ExpectedRevision;
}
