using System.Runtime.InteropServices;

namespace Headrace.Engine;

/// <summary><c>struct bpf_fib_lookup</c> of include/uapi/linux/bpf.h: 64 bytes, read and written by route look-ups.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal unsafe struct FibLookupParameters
{
    /// <summary>Address family, <c>AF_INET</c> (2) or <c>AF_INET6</c> (10); on return the next hop's.</summary>
    [FieldOffset(0)] public byte Family;

    /// <summary>Length of the packet from the network header on, or 0; on return the MTU.</summary>
    [FieldOffset(6)] public ushort TotalLength;

    /// <summary>Interface the packet came in by; on return the one it leaves by.</summary>
    [FieldOffset(8)] public uint Interface;

    /// <summary>Type of service or flow information; on return the route's metric.</summary>
    [FieldOffset(12)] public uint Metric;

    /// <summary>Source address, network byte order.</summary>
    [FieldOffset(16)] public fixed byte Source[16];

    /// <summary>Destination address, network byte order; on return the gateway's when there is one.</summary>
    [FieldOffset(32)] public fixed byte Destination[16];

    /// <summary>Routing table to look in; on return 0, the VLAN that is not there.</summary>
    [FieldOffset(48)] public uint Table;

    /// <summary>Hardware address of the interface the packet leaves by.</summary>
    [FieldOffset(52)] public fixed byte SourceHardware[6];

    /// <summary>Hardware address of the next hop.</summary>
    [FieldOffset(58)] public fixed byte DestinationHardware[6];
}
