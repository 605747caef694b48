namespace Headrace.Verifier;

/// <summary>What programs may read of the sockets that helpers give them (<c>struct bpf_sock</c>, <c>bpf_tcp_sock</c>, <c>bpf_xdp_sock</c>).</summary>
internal static class SocketFields
{
    private const int SocketSize = 80;
    private const int TypeOffset = 8, PriorityEnd = 24;
    private const int DestinationPort = 48;
    private const int TcpSize = 112, TcpWideStart = 80;

    /// <summary>True when a read of this size at this offset is allowed.</summary>
    public static bool Allows(RegisterKind kind, int offset, int size)
    {
        if (offset < 0 || offset % size != 0)
            return false;
        return kind switch
        {
            RegisterKind.Socket => AllowsSocket(offset, size),
            RegisterKind.SocketCommon => (offset is < TypeOffset or >= PriorityEnd) && AllowsSocket(offset, size),
            RegisterKind.TcpSocket => offset + size <= TcpSize && size == (offset >= TcpWideStart && offset < TcpWideStart + 16 ? 8 : 4),
            _ => offset == 0 && size == 4,
        };
    }

    private static bool AllowsSocket(int offset, int size)
    {
        if (offset + size > SocketSize || size == 8)
            return false;
        if (offset is >= DestinationPort and < DestinationPort + 4)
            return offset + size <= DestinationPort + 2 || (offset == DestinationPort && size == 4);
        return size == 4 || offset is not (< 4 or (>= 44 and < 48) or >= 72);
    }
}
