using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>What of helpers matters to the flow of control.</summary>
internal static class HelperTraits
{
    /// <summary>True for a helper that calls a function of the program before it returns.</summary>
    public static bool CallsBack(HelperId helper) => helper is HelperId.ForEachMapElem or HelperId.FindVma or HelperId.Loop or HelperId.UserRingbufDrain;

    /// <summary>True for a helper that has a function of the program called later.</summary>
    public static bool CallsBackLater(HelperId helper) => helper == HelperId.TimerSetCallback;

    /// <summary>True for a helper that may move the packet, so that pointers into it end.</summary>
    public static bool ChangesPacket(HelperId helper) => helper is
        HelperId.SkbVlanPush or HelperId.SkbVlanPop or HelperId.SkbStoreBytes or HelperId.SkbChangeProto or HelperId.SkbChangeTail or HelperId.SkbChangeHead
        or HelperId.SkbAdjustRoom or HelperId.SkbPullData or HelperId.CloneRedirect or HelperId.L3CsumReplace or HelperId.L4CsumReplace
        or HelperId.XdpAdjustHead or HelperId.XdpAdjustMeta or HelperId.XdpAdjustTail or HelperId.MsgPullData or HelperId.MsgPushData or HelperId.MsgPopData
        or HelperId.LwtPushEncap or HelperId.LwtSeg6StoreBytes or HelperId.LwtSeg6AdjustSrh or HelperId.LwtSeg6Action
        or HelperId.StoreHdrOpt or HelperId.ReserveHdrOpt or HelperId.TailCall;
}
