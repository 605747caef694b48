using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary>What the <c>BPF_*_GET_NEXT_ID</c> and <c>BPF_*_GET_FD_BY_ID</c> commands read; <see cref="NextId"/> is written back.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IdAttr
{
    public uint Id;
    public uint NextId;
    public uint OpenFlags;
}
