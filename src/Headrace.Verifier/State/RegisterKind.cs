namespace Headrace.Verifier;

/// <summary>What a register holds (the kernel's <c>enum bpf_reg_type</c> without its flags, which are <see cref="RegisterFlags"/>).</summary>
public enum RegisterKind : byte
{
    /// <summary>Nothing was written to it: it cannot be read.</summary>
    NotInitialized,
    /// <summary>A number.</summary>
    Scalar,
    /// <summary>The context.</summary>
    Context,
    /// <summary>A map itself.</summary>
    Map,
    /// <summary>A map's value.</summary>
    MapValue,
    /// <summary>A map's key (callbacks of bpf_for_each_map_elem).</summary>
    MapKey,
    /// <summary>A frame's stack; offset 0 is its top.</summary>
    Stack,
    /// <summary>Bytes in front of the packet.</summary>
    PacketMeta,
    /// <summary>The packet.</summary>
    Packet,
    /// <summary>The end of the packet.</summary>
    PacketEnd,
    /// <summary>struct bpf_flow_keys.</summary>
    FlowKeys,
    /// <summary>A full socket.</summary>
    Socket,
    /// <summary>struct sock_common.</summary>
    SocketCommon,
    /// <summary>struct tcp_sock.</summary>
    TcpSocket,
    /// <summary>A writable tracepoint buffer.</summary>
    TracepointBuffer,
    /// <summary>An AF_XDP socket.</summary>
    XdpSocket,
    /// <summary>A kernel object with a BTF type.</summary>
    BtfObject,
    /// <summary>Memory of a known size.</summary>
    Memory,
    /// <summary>Memory in an arena.</summary>
    Arena,
    /// <summary>A buffer whose size is checked at attachment.</summary>
    Buffer,
    /// <summary>A subprogram.</summary>
    Function,
    /// <summary>A dynptr passed by the kernel or a caller.</summary>
    Dynptr,
}
