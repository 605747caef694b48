using System.Runtime.InteropServices;

namespace Headrace.Ports.Sys;

/// <summary>Where the parts of a ring are in its mapping (<c>struct xdp_ring_offset</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct XdpRingOffsets
{
    public ulong Producer;
    public ulong Consumer;
    public ulong Descriptors;
    public ulong Flags;
}
