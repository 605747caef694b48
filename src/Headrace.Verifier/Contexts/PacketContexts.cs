using static Headrace.Verifier.FieldRule;

namespace Headrace.Verifier;

/// <summary>The contexts of packet programs that are no <c>struct __sk_buff</c>.</summary>
internal static class PacketContexts
{
    /// <summary><c>struct xdp_md</c>.</summary>
    public static readonly FieldRule[] Xdp =
    [
        Pointer(0, 4, RegisterKind.Packet),
        Pointer(4, 4, RegisterKind.PacketEnd),
        Pointer(8, 4, RegisterKind.PacketMeta),
        Read(12, 20, 4), // ingress_ifindex, rx_queue_index
    ];

    /// <summary><c>struct xdp_md</c> of a program in a device map.</summary>
    public static readonly FieldRule[] XdpDevmap = [.. Xdp, Read(20, 24, 4)]; // egress_ifindex

    /// <summary><c>struct sk_msg_md</c>.</summary>
    public static readonly FieldRule[] Message =
    [
        Pointer(0, 8, RegisterKind.Packet),
        Pointer(8, 8, RegisterKind.PacketEnd),
        Pointer(72, 8, RegisterKind.Socket),
        Read(16, 72, 4), // family to size
    ];

    /// <summary><c>struct sk_reuseport_md</c>.</summary>
    public static readonly FieldRule[] Reuseport =
    [
        Pointer(0, 8, RegisterKind.Packet),
        Pointer(8, 8, RegisterKind.PacketEnd),
        Pointer(40, 8, RegisterKind.Socket),
        Pointer(48, 8, RegisterKind.SocketCommon, RegisterFlags.MayBeNull),
        Read(16, 20, UpTo4), // len
        Read(20, 24, 2 | 4), // eth_protocol
        Read(24, 32, UpTo4), // ip_protocol, bind_inany
        Read(32, 36, 4), // hash
    ];

    /// <summary><c>struct bpf_sk_lookup</c>.</summary>
    public static readonly FieldRule[] SocketLookup =
    [
        Pointer(0, 8, RegisterKind.Socket, RegisterFlags.MayBeNull),
        Read(8, 68, UpTo4),
    ];
}
