using System.Runtime.InteropServices;

namespace Headrace.Ports.Sys;

/// <summary>A packet on a receive or transmit ring (<c>struct xdp_desc</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct XdpDescriptor
{
    public ulong Address;
    public uint Length;
    public uint Options;
}
