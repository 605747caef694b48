using System.Runtime.InteropServices;

namespace Headrace.Ports.Sys;

/// <summary>Where an AF_XDP socket is bound (<c>struct sockaddr_xdp</c>, include/uapi/linux/if_xdp.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct XdpSocketAddress
{
    public ushort Family;
    public ushort Flags;
    public uint Ifindex;
    public uint Queue;
    public uint SharedUmemDescriptor;
}
