namespace Headrace.Verifier;

internal partial struct RegisterState
{
    /// <summary>The name of the kind in the kernel's log, flags included: <c>map_value_or_null</c>.</summary>
    public readonly string KindName
    {
        get
        {
            string prefix = (Flags & RegisterFlags.ReadOnly) != 0 ? "rdonly_" : "";
            if ((Flags & RegisterFlags.RingBuffer) != 0)
                prefix += "ringbuf_";
            if ((Flags & RegisterFlags.User) != 0)
                prefix += "user_";
            if ((Flags & RegisterFlags.PerCpu) != 0)
                prefix += "percpu_";
            if ((Flags & RegisterFlags.Untrusted) != 0)
                prefix += "untrusted_";
            if ((Flags & RegisterFlags.Trusted) != 0)
                prefix += "trusted_";
            if ((Flags & RegisterFlags.Rcu) != 0)
                prefix += "rcu_";
            return prefix + BaseName + (MayBeNull ? (Kind == RegisterKind.BtfObject ? "or_null_" : "_or_null") : "");
        }
    }

    private readonly string BaseName => Kind switch
    {
        RegisterKind.NotInitialized => "?",
        RegisterKind.Scalar => "scalar",
        RegisterKind.Context => "ctx",
        RegisterKind.Map => "map_ptr",
        RegisterKind.MapValue => "map_value",
        RegisterKind.MapKey => "map_key",
        RegisterKind.Stack => "fp",
        RegisterKind.PacketMeta => "pkt_meta",
        RegisterKind.Packet => "pkt",
        RegisterKind.PacketEnd => "pkt_end",
        RegisterKind.FlowKeys => "flow_keys",
        RegisterKind.Socket => "sock",
        RegisterKind.SocketCommon => "sock_common",
        RegisterKind.TcpSocket => "tcp_sock",
        RegisterKind.TracepointBuffer => "tp_buffer",
        RegisterKind.XdpSocket => "xdp_sock",
        RegisterKind.BtfObject => "ptr_",
        RegisterKind.Memory => "mem",
        RegisterKind.Arena => "arena",
        RegisterKind.Buffer => "buf",
        RegisterKind.Function => "func",
        _ => "dynptr_ptr",
    };
}
