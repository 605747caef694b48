using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary><c>struct nlmsghdr</c> (include/uapi/linux/netlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NetlinkHeader
{
    public const int Size = 16;

    public uint Length;
    public ushort Type;
    public ushort Flags;
    public uint Sequence;
    public uint Port;
}
