using Headrace.Bytecode;

namespace Headrace.Objects.Loading;

/// <summary>libbpf's section names (kernel documentation, bpf/libbpf/program_types.rst) and what programs they make.</summary>
internal static class SectionRules
{
    /// <summary>Every rule.</summary>
    public static IReadOnlyList<SectionRule> All { get; } =
    [
        Exact("socket", ProgramType.SocketFilter),
        Exact("sk_reuseport/migrate", ProgramType.SkReuseport, AttachType.SkReuseportSelectOrMigrate),
        Exact("sk_reuseport", ProgramType.SkReuseport, AttachType.SkReuseportSelect),
        Target("kprobe", ProgramType.Kprobe),
        Target("kretprobe", ProgramType.Kprobe),
        Target("kprobe.multi", ProgramType.Kprobe, AttachType.TraceKprobeMulti),
        Target("kretprobe.multi", ProgramType.Kprobe, AttachType.TraceKprobeMulti),
        Target("kprobe.session", ProgramType.Kprobe, AttachType.TraceKprobeSession),
        Target("uprobe", ProgramType.Kprobe),
        Target("uprobe.s", ProgramType.Kprobe, flags: ProgramFlags.Sleepable),
        Target("uretprobe", ProgramType.Kprobe),
        Target("uretprobe.s", ProgramType.Kprobe, flags: ProgramFlags.Sleepable),
        Target("uprobe.multi", ProgramType.Kprobe, AttachType.TraceUprobeMulti),
        Target("uretprobe.multi", ProgramType.Kprobe, AttachType.TraceUprobeMulti),
        Target("uprobe.session", ProgramType.Kprobe, AttachType.TraceUprobeSession),
        Target("uprobe.multi.s", ProgramType.Kprobe, AttachType.TraceUprobeMulti, ProgramFlags.Sleepable),
        Target("uretprobe.multi.s", ProgramType.Kprobe, AttachType.TraceUprobeMulti, ProgramFlags.Sleepable),
        Target("uprobe.session.s", ProgramType.Kprobe, AttachType.TraceUprobeSession, ProgramFlags.Sleepable),
        Target("ksyscall", ProgramType.Kprobe),
        Target("kretsyscall", ProgramType.Kprobe),
        Target("usdt", ProgramType.Kprobe),
        Target("usdt.s", ProgramType.Kprobe, flags: ProgramFlags.Sleepable),
        Exact("tc/ingress", ProgramType.SchedCls, AttachType.TcxIngress),
        Exact("tc/egress", ProgramType.SchedCls, AttachType.TcxEgress),
        Exact("tcx/ingress", ProgramType.SchedCls, AttachType.TcxIngress),
        Exact("tcx/egress", ProgramType.SchedCls, AttachType.TcxEgress),
        Exact("tc", ProgramType.SchedCls),
        Exact("classifier", ProgramType.SchedCls),
        Exact("action", ProgramType.SchedAct),
        Exact("netkit/primary", ProgramType.SchedCls, AttachType.NetkitPrimary),
        Exact("netkit/peer", ProgramType.SchedCls, AttachType.NetkitPeer),
        Target("tracepoint", ProgramType.Tracepoint),
        Target("tp", ProgramType.Tracepoint),
        Target("raw_tracepoint", ProgramType.RawTracepoint),
        Target("raw_tp", ProgramType.RawTracepoint),
        Target("raw_tracepoint.w", ProgramType.RawTracepointWritable),
        Target("raw_tp.w", ProgramType.RawTracepointWritable),
        Target("tp_btf", ProgramType.Tracing, AttachType.TraceRawTp),
        Target("fentry", ProgramType.Tracing, AttachType.TraceFentry),
        Target("fmod_ret", ProgramType.Tracing, AttachType.ModifyReturn),
        Target("fexit", ProgramType.Tracing, AttachType.TraceFexit),
        Target("fentry.s", ProgramType.Tracing, AttachType.TraceFentry, ProgramFlags.Sleepable),
        Target("fmod_ret.s", ProgramType.Tracing, AttachType.ModifyReturn, ProgramFlags.Sleepable),
        Target("fexit.s", ProgramType.Tracing, AttachType.TraceFexit, ProgramFlags.Sleepable),
        Target("freplace", ProgramType.Ext),
        Target("lsm", ProgramType.Lsm, AttachType.LsmMac),
        Target("lsm.s", ProgramType.Lsm, AttachType.LsmMac, ProgramFlags.Sleepable),
        Target("lsm_cgroup", ProgramType.Lsm, AttachType.LsmCgroup),
        Target("iter", ProgramType.Tracing, AttachType.TraceIter),
        Target("iter.s", ProgramType.Tracing, AttachType.TraceIter, ProgramFlags.Sleepable),
        Exact("syscall", ProgramType.Syscall, flags: ProgramFlags.Sleepable),
        Exact("xdp.frags/devmap", ProgramType.Xdp, AttachType.XdpDevmap, ProgramFlags.XdpHasFrags),
        Exact("xdp/devmap", ProgramType.Xdp, AttachType.XdpDevmap),
        Exact("xdp.frags/cpumap", ProgramType.Xdp, AttachType.XdpCpumap, ProgramFlags.XdpHasFrags),
        Exact("xdp/cpumap", ProgramType.Xdp, AttachType.XdpCpumap),
        Exact("xdp.frags", ProgramType.Xdp, AttachType.Xdp, ProgramFlags.XdpHasFrags),
        Exact("xdp", ProgramType.Xdp, AttachType.Xdp),
        Exact("perf_event", ProgramType.PerfEvent),
        Exact("lwt_in", ProgramType.LwtIn),
        Exact("lwt_out", ProgramType.LwtOut),
        Exact("lwt_xmit", ProgramType.LwtXmit),
        Exact("lwt_seg6local", ProgramType.LwtSeg6local),
        Exact("sockops", ProgramType.SockOps, AttachType.CgroupSockOps),
        Exact("sk_skb/stream_parser", ProgramType.SkSkb, AttachType.SkSkbStreamParser),
        Exact("sk_skb/stream_verdict", ProgramType.SkSkb, AttachType.SkSkbStreamVerdict),
        Exact("sk_skb/verdict", ProgramType.SkSkb, AttachType.SkSkbVerdict),
        Exact("sk_skb", ProgramType.SkSkb),
        Exact("sk_msg", ProgramType.SkMsg, AttachType.SkMsgVerdict),
        Exact("lirc_mode2", ProgramType.LircMode2, AttachType.LircMode2),
        Exact("flow_dissector", ProgramType.FlowDissector, AttachType.FlowDissector),
        Exact("cgroup_skb/ingress", ProgramType.CgroupSkb, AttachType.CgroupInetIngress),
        Exact("cgroup_skb/egress", ProgramType.CgroupSkb, AttachType.CgroupInetEgress),
        Exact("cgroup/skb", ProgramType.CgroupSkb),
        Exact("cgroup/sock_create", ProgramType.CgroupSock, AttachType.CgroupInetSockCreate),
        Exact("cgroup/sock_release", ProgramType.CgroupSock, AttachType.CgroupInetSockRelease),
        Exact("cgroup/sock", ProgramType.CgroupSock, AttachType.CgroupInetSockCreate),
        Exact("cgroup/post_bind4", ProgramType.CgroupSock, AttachType.CgroupInet4PostBind),
        Exact("cgroup/post_bind6", ProgramType.CgroupSock, AttachType.CgroupInet6PostBind),
        Exact("cgroup/bind4", ProgramType.CgroupSockAddr, AttachType.CgroupInet4Bind),
        Exact("cgroup/bind6", ProgramType.CgroupSockAddr, AttachType.CgroupInet6Bind),
        Exact("cgroup/connect4", ProgramType.CgroupSockAddr, AttachType.CgroupInet4Connect),
        Exact("cgroup/connect6", ProgramType.CgroupSockAddr, AttachType.CgroupInet6Connect),
        Exact("cgroup/connect_unix", ProgramType.CgroupSockAddr, AttachType.CgroupUnixConnect),
        Exact("cgroup/sendmsg4", ProgramType.CgroupSockAddr, AttachType.CgroupUdp4Sendmsg),
        Exact("cgroup/sendmsg6", ProgramType.CgroupSockAddr, AttachType.CgroupUdp6Sendmsg),
        Exact("cgroup/sendmsg_unix", ProgramType.CgroupSockAddr, AttachType.CgroupUnixSendmsg),
        Exact("cgroup/recvmsg4", ProgramType.CgroupSockAddr, AttachType.CgroupUdp4Recvmsg),
        Exact("cgroup/recvmsg6", ProgramType.CgroupSockAddr, AttachType.CgroupUdp6Recvmsg),
        Exact("cgroup/recvmsg_unix", ProgramType.CgroupSockAddr, AttachType.CgroupUnixRecvmsg),
        Exact("cgroup/getpeername4", ProgramType.CgroupSockAddr, AttachType.CgroupInet4Getpeername),
        Exact("cgroup/getpeername6", ProgramType.CgroupSockAddr, AttachType.CgroupInet6Getpeername),
        Exact("cgroup/getpeername_unix", ProgramType.CgroupSockAddr, AttachType.CgroupUnixGetpeername),
        Exact("cgroup/getsockname4", ProgramType.CgroupSockAddr, AttachType.CgroupInet4Getsockname),
        Exact("cgroup/getsockname6", ProgramType.CgroupSockAddr, AttachType.CgroupInet6Getsockname),
        Exact("cgroup/getsockname_unix", ProgramType.CgroupSockAddr, AttachType.CgroupUnixGetsockname),
        Exact("cgroup/sysctl", ProgramType.CgroupSysctl, AttachType.CgroupSysctl),
        Exact("cgroup/getsockopt", ProgramType.CgroupSockopt, AttachType.CgroupGetsockopt),
        Exact("cgroup/setsockopt", ProgramType.CgroupSockopt, AttachType.CgroupSetsockopt),
        Exact("cgroup/dev", ProgramType.CgroupDevice, AttachType.CgroupDevice),
        Target("struct_ops", ProgramType.StructOps),
        Target("struct_ops.s", ProgramType.StructOps, flags: ProgramFlags.Sleepable),
        Exact("sk_lookup", ProgramType.SkLookup, AttachType.SkLookup),
        Exact("netfilter", ProgramType.Netfilter, AttachType.Netfilter),
    ];

    private static readonly Dictionary<string, SectionRule> s_byPrefix = All.ToDictionary(rule => rule.Prefix);

    /// <summary>The rule for a section's name without its <c>?</c>, or null; <paramref name="target"/> is what follows the slash.</summary>
    public static SectionRule? Find(string section, out string target)
    {
        target = "";
        if (s_byPrefix.TryGetValue(section, out SectionRule? rule))
            return rule;
        int slash = section.IndexOf('/');
        if (slash <= 0 || !s_byPrefix.TryGetValue(section[..slash], out rule) || !rule.TakesTarget)
            return null;
        target = section[(slash + 1)..];
        return rule;
    }

    private static SectionRule Exact(string name, ProgramType type, AttachType attach = 0, ProgramFlags flags = 0) => new(name, false, type, attach, flags);

    private static SectionRule Target(string name, ProgramType type, AttachType attach = 0, ProgramFlags flags = 0) => new(name, true, type, attach, flags);
}
