using System.Runtime.InteropServices;

namespace Headrace.Ports.Sys;

/// <summary>Packet memory given to an AF_XDP socket (<c>struct xdp_umem_reg</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct XdpUmemRegistration
{
    public ulong Address;
    public ulong Length;
    public uint ChunkSize;
    public uint Headroom;
    public uint Flags;
    public uint TransmitMetadataLength;
}
