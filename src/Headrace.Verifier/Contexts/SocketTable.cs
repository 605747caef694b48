using static Headrace.Verifier.FieldRule;

namespace Headrace.Verifier;

/// <summary>The fields that programs may read behind a pointer to a socket. None may be written.</summary>
/// <remarks>Layouts from include/uapi/linux/bpf.h; the rules are what Linux 6.18 answers when each offset and size is tried.</remarks>
internal static class SocketTable
{
    /// <summary>Says whether a load is allowed.</summary>
    /// <param name="kind">A socket kind: <see cref="RegisterKind.Socket"/>, SocketCommon, TcpSocket or XdpSocket.</param>
    /// <param name="offset">Bytes from the start of the structure.</param>
    /// <param name="size">Bytes loaded.</param>
    public static bool AllowsRead(RegisterKind kind, int offset, int size)
    {
        FieldRule[] rules = kind switch
        {
            RegisterKind.SocketCommon => s_common,
            RegisterKind.Socket => s_full,
            RegisterKind.TcpSocket => s_tcp,
            RegisterKind.XdpSocket => s_xdp,
            _ => [],
        };
        foreach (ref readonly FieldRule rule in rules.AsSpan())
        {
            if (rule.Allows(offset, size, isWrite: false))
                return true;
        }
        return false;
    }

    // Fields that can be read narrow only at their start.
    private static FieldRule[] Low(int offset) => [Read(offset, offset + 1, 1), Read(offset, offset + 2, 2), Read(offset, offset + 4, 4)];

    // struct bpf_sock, the part that every socket has
    private static readonly FieldRule[] s_common =
    [
        Read(0, 4, 4), // bound_dev_if
        .. Low(4), // family
        Read(24, 44, UpTo4), // src_ip4, src_ip6
        .. Low(44), // src_port
        Read(48, 50, 1 | 2), // dst_port
        Read(48, 52, 4),
        Read(52, 72, UpTo4), // dst_ip4, dst_ip6
        .. Low(72), // state
        .. Low(76), // rx_queue_mapping
    ];

    // struct bpf_sock, all of it
    private static readonly FieldRule[] s_full =
    [
        .. s_common,
        .. Low(8), // type
        .. Low(12), // protocol
        Read(16, 24, 4), // mark, priority
    ];

    // struct bpf_tcp_sock
    private static readonly FieldRule[] s_tcp = [Read(0, 80, 4), Read(80, 96, 8), Read(96, 112, 4)];

    // struct bpf_xdp_sock
    private static readonly FieldRule[] s_xdp = [Read(0, 4, 4)];
}
