using System.Runtime.InteropServices;

namespace Headrace.Ports.Sys;

/// <summary>What the kernel counts for an AF_XDP socket (<c>struct xdp_statistics</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct XdpStatistics
{
    public ulong ReceiveDropped;
    public ulong ReceiveInvalid;
    public ulong TransmitInvalid;
    public ulong ReceiveRingFull;
    public ulong FillRingEmpty;
    public ulong TransmitRingEmpty;
}
