using static Headrace.Verifier.FieldRule;

namespace Headrace.Verifier;

/// <summary>What the program types whose context is <c>struct __sk_buff</c> may do with it.</summary>
internal static class SkbContexts
{
    /// <summary>Programs of tc: <c>sched_cls</c> and <c>sched_act</c>.</summary>
    public static readonly FieldRule[] Traffic =
    [
        Pointer(76, 4, RegisterKind.Packet),
        Pointer(80, 4, RegisterKind.PacketEnd),
        Pointer(140, 4, RegisterKind.PacketMeta),
        Read(0, 48, UpTo4), // len to tc_index
        Read(48, 68, UpTo8), // cb
        Read(68, 76, UpTo4), // hash, tc_classid
        Read(84, 88, UpTo4), // napi_id
        Read(152, 160, 8), // tstamp
        Read(160, 168, UpTo4), // wire_len, gso_segs
        SocketField,
        Read(176, 180, UpTo4), // gso_size
        Read(180, 181, 1), // tstamp_type
        Read(184, 192, 8), // hwtstamp
        Write(48, 68, UpTo8),
        Write(8, 16, 4), // mark, queue_mapping
        Write(32, 36, 4), // priority
        Write(44, 48, 4), // tc_index
        Write(72, 76, 4), // tc_classid
        Write(152, 160, 8),
    ];

    /// <summary>Socket filters: no direct access to the packet.</summary>
    public static readonly FieldRule[] SocketFilter =
    [
        Read(0, 48, UpTo4),
        Read(48, 68, UpTo8),
        Read(68, 72, UpTo4),
        Read(84, 88, UpTo4),
        Read(164, 168, UpTo4),
        SocketField,
        Read(176, 180, UpTo4),
        Write(48, 68, UpTo8),
    ];

    /// <summary>Programs of control groups.</summary>
    public static readonly FieldRule[] Cgroup =
    [
        Pointer(76, 4, RegisterKind.Packet),
        Pointer(80, 4, RegisterKind.PacketEnd),
        Read(0, 48, UpTo4),
        Read(48, 68, UpTo8),
        Read(68, 72, UpTo4),
        Read(84, 92, UpTo4), // napi_id, family
        Read(92, 132, 4), // remote_ip4 to local_ip6
        Read(132, 140, UpTo4), // remote_port, local_port
        Read(152, 160, 8),
        Read(164, 168, UpTo4),
        SocketField,
        Read(176, 180, UpTo4),
        Read(184, 192, 8),
        Write(48, 68, UpTo8),
        Write(8, 12, 4),
        Write(32, 36, 4),
        Write(152, 160, 8),
    ];

    /// <summary>Programs of light-weight tunnels: <c>lwt_in</c>, <c>lwt_out</c>, <c>lwt_xmit</c>, <c>lwt_seg6local</c>.</summary>
    public static readonly FieldRule[] Tunnel =
    [
        Pointer(76, 4, RegisterKind.Packet),
        Pointer(80, 4, RegisterKind.PacketEnd),
        Read(0, 48, UpTo4),
        Read(48, 68, UpTo8),
        Read(68, 72, UpTo4),
        Read(84, 88, UpTo4),
        Read(164, 168, UpTo4),
        SocketField,
        Read(176, 180, UpTo4),
        Write(48, 68, UpTo8),
        Write(8, 12, 4),
        Write(32, 36, 4),
    ];

    /// <summary>Programs of socket maps: <c>sk_skb</c>.</summary>
    public static readonly FieldRule[] Stream =
    [
        Pointer(76, 4, RegisterKind.Packet),
        Pointer(80, 4, RegisterKind.PacketEnd),
        Read(0, 8, UpTo4),
        Read(12, 48, UpTo4), // no mark
        Read(48, 68, UpTo8),
        Read(68, 72, UpTo4),
        Read(84, 92, UpTo4),
        Read(92, 132, 4),
        Read(132, 140, UpTo4),
        Read(164, 168, UpTo4),
        SocketField,
        Read(176, 180, UpTo4),
        Write(32, 36, 4),
        Write(44, 48, 4),
    ];

    /// <summary>Flow dissectors: the packet and where they write what they find.</summary>
    public static readonly FieldRule[] FlowDissector =
    [
        Pointer(76, 4, RegisterKind.Packet),
        Pointer(80, 4, RegisterKind.PacketEnd),
        Pointer(144, 8, RegisterKind.FlowKeys),
    ];

    private static FieldRule SocketField => Pointer(168, 8, RegisterKind.SocketCommon, RegisterFlags.MayBeNull);
}
