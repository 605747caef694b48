using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary><c>struct tcmsg</c> (include/uapi/linux/rtnetlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TrafficControlMessage
{
    public uint Family;
    public int Index;
    public uint Handle;
    public uint Parent;

    /// <summary>Of a filter: priority in the upper half, protocol (network order) in the lower.</summary>
    public uint Info;
}
