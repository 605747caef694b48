using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary><c>struct ifinfomsg</c> (include/uapi/linux/rtnetlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct InterfaceMessage
{
    public byte Family;
    private readonly byte _padding;
    public ushort Type;
    public int Index;
    public uint Flags;
    public uint Change;
}
