using Headrace.Bytecode;
using static Headrace.Verifier.Arguments;
using static Headrace.Verifier.HelperMarks;
using static Headrace.Verifier.ProgramSets;
using static Headrace.Verifier.ReturnKind;

namespace Headrace.Verifier;

/// <summary>Helpers that work on sockets.</summary>
internal static class SocketHelpers
{
    /// <summary>The prototypes.</summary>
    public static readonly HelperPrototype[] All =
    [
        Of(HelperId.SkLookupTcp, Tc | Xdp | CgroupSkb | SkSkb | CgroupSockAddr, [Context, In, SizeOrZero, Any, Any], SocketOrNull, PacketAccess | Acquires),
        Of(HelperId.SkLookupUdp, Tc | Xdp | CgroupSkb | SkSkb | CgroupSockAddr, [Context, In, SizeOrZero, Any, Any], SocketOrNull, PacketAccess | Acquires),
        Of(HelperId.SkcLookupTcp, Tc | Xdp | CgroupSkb | SkSkb | CgroupSockAddr, [Context, In, SizeOrZero, Any, Any], SocketCommonOrNull, PacketAccess | Acquires),
        Of(HelperId.SkRelease, Tc | Xdp | CgroupSkb | SkSkb | CgroupSockAddr | SkLookup, [SocketRelease]),
        Of(HelperId.SkAssign, Tc, [Context, AnySocket, Any]),
        Of(HelperId.SkAssign, SkLookup, [Context, SocketOrNullArgument, Any]),
        Of(HelperId.SkFullsock, Tc | CgroupSkb, [SocketCommon], SocketOrNull, Casts),
        Of(HelperId.TcpSock, Tc | CgroupSkb | SockOps | CgroupSockopt, [SocketCommon], TcpSocketOrNull, Casts),
        Of(HelperId.GetListenerSock, Tc | CgroupSkb, [SocketCommon], SocketOrNull),
        Of(HelperId.TcpCheckSyncookie, Tc | Xdp, [AnySocket, In, Size, In, Size], marks: GplOnly | PacketAccess),
        Of(HelperId.TcpGenSyncookie, Tc | Xdp, [AnySocket, In, Size, In, Size], marks: GplOnly | PacketAccess),
        Of(HelperId.TcpRawGenSyncookieIpv4, Tc | Xdp, [Bytes20, In, SizeOrZero], marks: GplOnly | PacketAccess),
        Of(HelperId.TcpRawGenSyncookieIpv6, Tc | Xdp, [Bytes40, In, SizeOrZero], marks: GplOnly | PacketAccess),
        Of(HelperId.TcpRawCheckSyncookieIpv4, Tc | Xdp, [Bytes20, Bytes20], marks: GplOnly | PacketAccess),
        Of(HelperId.TcpRawCheckSyncookieIpv6, Tc | Xdp, [Bytes40, Bytes20], marks: GplOnly | PacketAccess),
        Of(HelperId.SkcToTcp6Sock, SocketCasts, [AnySocket], KernelObjectOrNull, Casts, type: "tcp6_sock"),
        Of(HelperId.SkcToTcpSock, SocketCasts, [AnySocket], KernelObjectOrNull, Casts, type: "tcp_sock"),
        Of(HelperId.SkcToTcpTimewaitSock, SocketCasts, [AnySocket], KernelObjectOrNull, Casts, type: "tcp_timewait_sock"),
        Of(HelperId.SkcToTcpRequestSock, SocketCasts, [AnySocket], KernelObjectOrNull, Casts, type: "tcp_request_sock"),
        Of(HelperId.SkcToUdp6Sock, SocketCasts, [AnySocket], KernelObjectOrNull, Casts, type: "udp6_sock"),
        Of(HelperId.SkcToUnixSock, SocketCasts, [AnySocket], KernelObjectOrNull, Casts, type: "unix_sock"),
        Of(HelperId.SkcToMptcpSock, SocketCasts, [SocketCommon], KernelObjectOrNull, Casts, type: "mptcp_sock"),
        Of(HelperId.GetSocketCookie, SocketFilter | Tc | CgroupSkb | CgroupSock | SockOps | SkSkb | CgroupSockAddr | SkReuseport, [Context]),
        Of(HelperId.GetSocketUid, SocketFilter | Tc | CgroupSkb | SkSkb, [Context]),
        Of(HelperId.GetNetnsCookie, SocketFilter | Tc | CgroupSkb | CgroupSock | SockOps | SkMsg | CgroupSockAddr | CgroupSockopt, [ContextOrNull]),
        Of(HelperId.SkCgroupId, CgroupSkb, [AnySocket]),
        Of(HelperId.SkAncestorCgroupId, CgroupSkb, [AnySocket, Any]),
        Of(HelperId.Setsockopt, SockOps | CgroupSockAddr, [Context, Any, Any, In, Size]),
        Of(HelperId.Getsockopt, SockOps | CgroupSockAddr, [Context, Any, Any, Out, Size]),
        Of(HelperId.Bind, CgroupSockAddr, [Context, In, Size]),
        Of(HelperId.SockOpsCbFlagsSet, SockOps, [Context, Any]),
        Of(HelperId.LoadHdrOpt, SockOps, [Context, InOut, Size, Any]),
        Of(HelperId.StoreHdrOpt, SockOps, [Context, In, Size, Any], marks: ChangesPacket),
        Of(HelperId.ReserveHdrOpt, SockOps, [Context, Any, Any]),
        Of(HelperId.GetRetval, CgroupSock | CgroupDevice | CgroupSockAddr | CgroupSysctl | CgroupSockopt, []),
        Of(HelperId.SetRetval, CgroupSock | CgroupDevice | CgroupSockAddr | CgroupSysctl | CgroupSockopt, [Any]),
        Of(HelperId.SysctlGetName, CgroupSysctl, [Context, Out, Size, Any]),
        Of(HelperId.SysctlGetCurrentValue, CgroupSysctl, [Context, Out, Size]),
        Of(HelperId.SysctlGetNewValue, CgroupSysctl, [Context, Out, Size]),
        Of(HelperId.SysctlSetNewValue, CgroupSysctl, [Context, In, Size]),
    ];

    private static HelperPrototype Of(HelperId id, ulong programs, Argument[] arguments, ReturnKind returns = Integer, HelperMarks marks = HelperMarks.None, string type = "") =>
        new(id, programs, arguments, returns, marks, type);
}
