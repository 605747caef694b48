using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>Sets of program types: bit n is the type of number n.</summary>
internal static class ProgramSets
{
    public const ulong SocketFilter = 1UL << (int)ProgramType.SocketFilter;
    public const ulong Tc = (1UL << (int)ProgramType.SchedCls) | (1UL << (int)ProgramType.SchedAct);
    public const ulong Xdp = 1UL << (int)ProgramType.Xdp;
    public const ulong PerfEvent = 1UL << (int)ProgramType.PerfEvent;
    public const ulong CgroupSkb = 1UL << (int)ProgramType.CgroupSkb;
    public const ulong CgroupSock = 1UL << (int)ProgramType.CgroupSock;
    public const ulong LwtIn = 1UL << (int)ProgramType.LwtIn;
    public const ulong LwtXmit = 1UL << (int)ProgramType.LwtXmit;
    public const ulong LwtSeg6Local = 1UL << (int)ProgramType.LwtSeg6local;
    public const ulong Lwt = LwtIn | (1UL << (int)ProgramType.LwtOut) | LwtXmit | LwtSeg6Local;
    public const ulong SockOps = 1UL << (int)ProgramType.SockOps;
    public const ulong SkSkb = 1UL << (int)ProgramType.SkSkb;
    public const ulong CgroupDevice = 1UL << (int)ProgramType.CgroupDevice;
    public const ulong SkMsg = 1UL << (int)ProgramType.SkMsg;
    public const ulong CgroupSockAddr = 1UL << (int)ProgramType.CgroupSockAddr;
    public const ulong SkReuseport = 1UL << (int)ProgramType.SkReuseport;
    public const ulong FlowDissector = 1UL << (int)ProgramType.FlowDissector;
    public const ulong CgroupSysctl = 1UL << (int)ProgramType.CgroupSysctl;
    public const ulong CgroupSockopt = 1UL << (int)ProgramType.CgroupSockopt;
    public const ulong SkLookup = 1UL << (int)ProgramType.SkLookup;
    public const ulong Netfilter = 1UL << (int)ProgramType.Netfilter;
    public const ulong RawTracepointWritable = 1UL << (int)ProgramType.RawTracepointWritable;

    /// <summary>Kprobes, tracepoints and perf events.</summary>
    public const ulong Tracing = (1UL << (int)ProgramType.Kprobe) | (1UL << (int)ProgramType.Tracepoint) | PerfEvent
        | (1UL << (int)ProgramType.RawTracepoint) | RawTracepointWritable;

    /// <summary>Every program type whose calls can be checked: all but those that need the kernel's own types.</summary>
    public const ulong All = SocketFilter | Tc | Xdp | CgroupSkb | CgroupSock | Lwt | SockOps | SkSkb | CgroupDevice | SkMsg | CgroupSockAddr
        | SkReuseport | FlowDissector | CgroupSysctl | CgroupSockopt | SkLookup | Netfilter | Tracing;

    /// <summary>Program types that may give sockets another type.</summary>
    public const ulong SocketCasts = All & ~(Tracing | CgroupSock | CgroupDevice | SkReuseport | CgroupSysctl | CgroupSockopt | Netfilter);
}
