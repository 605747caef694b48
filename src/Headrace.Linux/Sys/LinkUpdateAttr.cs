using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary>What <c>BPF_LINK_UPDATE</c> reads; <c>BPF_LINK_DETACH</c> reads its first field.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LinkUpdateAttr
{
    public int LinkFd;
    public int NewProgramFd;
    public uint Flags;
    public int OldProgramFd;
}
