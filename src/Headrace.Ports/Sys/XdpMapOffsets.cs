using System.Runtime.InteropServices;

namespace Headrace.Ports.Sys;

/// <summary>Where the parts of the four rings are (<c>struct xdp_mmap_offsets</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct XdpMapOffsets
{
    public XdpRingOffsets Receive;
    public XdpRingOffsets Transmit;
    public XdpRingOffsets Fill;
    public XdpRingOffsets Completion;
}
