using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>The contexts of the program types: which fields exist, who may read and write them, and what a read gives.</summary>
/// <remarks>Layouts from include/uapi/linux/bpf.h; the rules are what Linux 6.18 answers when each offset, size and direction is tried.</remarks>
internal static class ContextTable
{
    /// <summary>Looks at an access.</summary>
    /// <param name="type">Program type.</param>
    /// <param name="attachType">Expected attach type.</param>
    /// <param name="offset">Bytes from the start of the context.</param>
    /// <param name="size">Bytes accessed.</param>
    /// <param name="isWrite">True for a store.</param>
    /// <returns>What the access does; <see cref="ContextFieldAccess.Refused"/> when it is not allowed.</returns>
    public static ContextFieldAccess Check(ProgramType type, AttachType attachType, int offset, int size, bool isWrite)
    {
        foreach (ref readonly FieldRule rule in RulesOf(type, attachType))
        {
            if (rule.Allows(offset, size, isWrite))
                return new ContextFieldAccess(true, rule.Kind, rule.Kind == RegisterKind.Scalar ? size : 0, rule.Flags);
        }
        return ContextFieldAccess.Refused;
    }

    /// <summary>Looks at a load behind a pointer to a socket.</summary>
    /// <param name="kind">A socket kind: <see cref="RegisterKind.Socket"/>, SocketCommon, TcpSocket or XdpSocket.</param>
    /// <param name="offset">Bytes from the start of the structure.</param>
    /// <param name="size">Bytes loaded.</param>
    public static ContextFieldAccess CheckSocket(RegisterKind kind, int offset, int size) => SocketTable.AllowsRead(kind, offset, size)
        ? new ContextFieldAccess(true, RegisterKind.Scalar, size)
        : ContextFieldAccess.Refused;

    /// <summary>True when the contexts of a program type are known.</summary>
    public static bool Knows(ProgramType type) => RulesOf(type, default).Length > 0;

    /// <summary>The accesses programs of a type may make; empty for a type whose context is not known.</summary>
    private static ReadOnlySpan<FieldRule> RulesOf(ProgramType type, AttachType attachType) => type switch
    {
        ProgramType.Xdp => attachType == AttachType.XdpDevmap ? PacketContexts.XdpDevmap : PacketContexts.Xdp,
        ProgramType.SchedCls or ProgramType.SchedAct => SkbContexts.Traffic,
        ProgramType.SocketFilter => SkbContexts.SocketFilter,
        ProgramType.CgroupSkb => SkbContexts.Cgroup,
        ProgramType.LwtIn or ProgramType.LwtOut or ProgramType.LwtXmit or ProgramType.LwtSeg6local => SkbContexts.Tunnel,
        ProgramType.SkSkb => SkbContexts.Stream,
        ProgramType.FlowDissector => SkbContexts.FlowDissector,
        ProgramType.SkMsg => PacketContexts.Message,
        ProgramType.SkReuseport => PacketContexts.Reuseport,
        ProgramType.SkLookup => PacketContexts.SocketLookup,
        ProgramType.Kprobe => TracingContexts.Kprobe,
        ProgramType.Tracepoint => TracingContexts.Tracepoint,
        ProgramType.PerfEvent => TracingContexts.PerfEvent,
        ProgramType.RawTracepoint => TracingContexts.RawTracepoint,
        ProgramType.RawTracepointWritable => TracingContexts.RawTracepointWritable,
        _ => [],
    };
}
