using Headrace.Bytecode;
using static Headrace.Verifier.Arguments;
using static Headrace.Verifier.HelperMarks;
using static Headrace.Verifier.ProgramSets;
using static Headrace.Verifier.ReturnKind;

namespace Headrace.Verifier;

/// <summary>Helpers that work on packets.</summary>
internal static class SkbHelpers
{
    /// <summary>The prototypes.</summary>
    public static readonly HelperPrototype[] All =
    [
        Of(HelperId.SkbStoreBytes, Tc | LwtXmit | SkSkb, [Context, Any, In, Size, Any], marks: ChangesPacket),
        Of(HelperId.SkbLoadBytes, Lwt | SocketFilter | Tc | CgroupSkb | SkSkb | SkReuseport | FlowDissector, [Context, Any, Out, Size]),
        Of(HelperId.SkbLoadBytesRelative, SocketFilter | Tc | CgroupSkb | SkReuseport, [Context, Any, Out, Size, Any]),
        Of(HelperId.L3CsumReplace, Tc | LwtXmit, [Context, Any, Any, Any, Any], marks: ChangesPacket),
        Of(HelperId.L4CsumReplace, Tc | LwtXmit, [Context, Any, Any, Any, Any], marks: ChangesPacket),
        Of(HelperId.CsumDiff, Lwt | Tc | Xdp, [InOrNull, SizeOrZero, InOrNull, SizeOrZero, Any], marks: PacketAccess),
        Of(HelperId.CsumUpdate, Tc | LwtXmit, [Context, Any]),
        Of(HelperId.CsumLevel, Tc | LwtXmit, [Context, Any]),
        Of(HelperId.CloneRedirect, Tc | LwtXmit, [Context, Any, Any], marks: ChangesPacket),
        Of(HelperId.Redirect, Tc | Xdp | LwtXmit, [Any, Any]),
        Of(HelperId.RedirectNeigh, Tc, [Any, InOrNull, SizeOrZero, Any]),
        Of(HelperId.RedirectPeer, Tc, [Any, Any]),
        Of(HelperId.SkbVlanPush, Tc, [Context, Any, Any], marks: ChangesPacket),
        Of(HelperId.SkbVlanPop, Tc, [Context], marks: ChangesPacket),
        Of(HelperId.SkbGetTunnelKey, Tc | LwtXmit, [Context, Out, Size, Any]),
        Of(HelperId.SkbSetTunnelKey, Tc | LwtXmit, [Context, In, Size, Any]),
        Of(HelperId.SkbGetTunnelOpt, Tc | LwtXmit, [Context, Out, Size]),
        Of(HelperId.SkbSetTunnelOpt, Tc | LwtXmit, [Context, In, Size]),
        Of(HelperId.SkbChangeProto, Tc, [Context, Any, Any], marks: ChangesPacket),
        Of(HelperId.SkbChangeType, Tc, [Context, Any]),
        Of(HelperId.SkbChangeTail, Tc | LwtXmit | SkSkb, [Context, Any, Any], marks: ChangesPacket),
        Of(HelperId.SkbChangeHead, Tc | LwtXmit | SkSkb, [Context, Any, Any], marks: ChangesPacket),
        Of(HelperId.SkbPullData, Lwt | Tc | SkSkb, [Context, Any], marks: ChangesPacket),
        Of(HelperId.SkbAdjustRoom, Tc | SkSkb, [Context, Any, Any, Any], marks: ChangesPacket),
        Of(HelperId.SkbEcnSetCe, Tc | CgroupSkb, [Context]),
        Of(HelperId.SkbSetTstamp, Tc, [Context, Any, Any]),
        Of(HelperId.SkbGetXfrmState, Tc, [Context, Any, Out, Size, Any]),
        Of(HelperId.GetHashRecalc, Lwt | Tc, [Context]),
        Of(HelperId.SetHashInvalid, Tc | LwtXmit, [Context]),
        Of(HelperId.SetHash, Tc, [Context, Any]),
        Of(HelperId.GetRouteRealm, Lwt | Tc, [Context]),
        Of(HelperId.SkbCgroupId, Tc | CgroupSkb, [Context]),
        Of(HelperId.SkbAncestorCgroupId, Tc | CgroupSkb, [Context, Any]),
        Of(HelperId.SkbCgroupClassid, Tc, [Context]),
        Of(HelperId.XdpAdjustHead, Xdp, [Context, Any], marks: ChangesPacket),
        Of(HelperId.XdpAdjustMeta, Xdp, [Context, Any], marks: ChangesPacket),
        Of(HelperId.XdpAdjustTail, Xdp, [Context, Any], marks: ChangesPacket),
        Of(HelperId.XdpGetBuffLen, Xdp, [Context]),
        Of(HelperId.XdpLoadBytes, Xdp, [Context, Any, Out, Size]),
        Of(HelperId.XdpStoreBytes, Xdp, [Context, Any, In, Size]),
        Of(HelperId.FibLookup, Tc | Xdp, [Context, InOut, Size, Any], marks: GplOnly),
        Of(HelperId.CheckMtu, Tc | Xdp, [Context, Any, Word, Any, Any], marks: GplOnly),
        Of(HelperId.LwtPushEncap, LwtIn | LwtXmit, [Context, Any, In, Size], marks: ChangesPacket),
        Of(HelperId.LwtSeg6StoreBytes, LwtSeg6Local, [Context, Any, In, Size], marks: ChangesPacket),
        Of(HelperId.LwtSeg6AdjustSrh, LwtSeg6Local, [Context, Any, Any], marks: ChangesPacket),
        Of(HelperId.LwtSeg6Action, LwtSeg6Local, [Context, Any, In, Size], marks: ChangesPacket),
        Of(HelperId.MsgApplyBytes, SkMsg, [Context, Any]),
        Of(HelperId.MsgCorkBytes, SkMsg, [Context, Any]),
        Of(HelperId.MsgPullData, SkMsg, [Context, Any, Any, Any], marks: ChangesPacket),
        Of(HelperId.MsgPushData, SkMsg, [Context, Any, Any, Any], marks: ChangesPacket),
        Of(HelperId.MsgPopData, SkMsg, [Context, Any, Any, Any], marks: ChangesPacket),
    ];

    private static HelperPrototype Of(HelperId id, ulong programs, Argument[] arguments, ReturnKind returns = Integer, HelperMarks marks = HelperMarks.None, string type = "") =>
        new(id, programs, arguments, returns, marks, type);
}
