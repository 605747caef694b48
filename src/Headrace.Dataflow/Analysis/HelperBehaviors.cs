using Headrace.Bytecode;
using Headrace.Verifier;
using static Headrace.Dataflow.HelperBehavior;

namespace Headrace.Dataflow;

/// <summary>The behavior of every helper that an engine here has. Whoever wants to know what a helper does asks this table; of one that is not in it anything is assumed.</summary>
/// <remarks>Which helpers touch any memory follows from their prototypes, which call back from the verifier's walk; the rest is what these rows say.</remarks>
internal static class HelperBehaviors
{
    private static readonly (HelperBehavior Behavior, HelperId[] Helpers)[] s_rows =
    [
        (AlwaysAnswers | GoesUnnoticed, [HelperId.GetSmpProcessorId, HelperId.GetNumaNodeId]),
        (None, [HelperId.CsumDiff, HelperId.Strncmp]),

        (ReadsElements | AlwaysAnswers | GoesUnnoticed, [HelperId.MapLookupElem]),
        (ReadsElements, [HelperId.MapLookupPercpuElem]),
        (ReadsElements | ReadsValues, [HelperId.MapPeekElem]),
        (ChangesMap | AlwaysAnswers, [HelperId.MapUpdateElem, HelperId.MapDeleteElem]),
        (ChangesMap, [HelperId.MapPushElem, HelperId.MapPopElem]),

        (ReadsElements | ChangesWorld | AlwaysAnswers, [HelperId.RedirectMap]),
        (ChangesWorld | AlwaysAnswers, [HelperId.Redirect, HelperId.GetPrandomU32]),
        (ChangesWorld | AlwaysAnswers | GoesUnnoticed,
            [HelperId.KtimeGetNs, HelperId.KtimeGetBootNs, HelperId.KtimeGetCoarseNs, HelperId.KtimeGetTaiNs, HelperId.Jiffies64]),
        (ChangesWorld,
            [HelperId.Strtol, HelperId.Strtoul, HelperId.GetCurrentPidTgid, HelperId.GetCurrentUidGid, HelperId.GetCurrentComm,
            HelperId.RingbufOutput, HelperId.RingbufQuery, HelperId.RedirectNeigh, HelperId.RedirectPeer,
            HelperId.TcpRawGenSyncookieIpv4, HelperId.TcpRawGenSyncookieIpv6, HelperId.TcpRawCheckSyncookieIpv4, HelperId.TcpRawCheckSyncookieIpv6]),
        (ReadsAnyMemory | ChangesWorld,
            [HelperId.TracePrintk, HelperId.TraceVprintk, HelperId.Snprintf, HelperId.ProbeReadKernel, HelperId.ProbeReadKernelStr]),

        (ReadsPacket, [HelperId.XdpLoadBytes, HelperId.SkbLoadBytes, HelperId.XdpGetBuffLen]),
        (ChangesPacket, [HelperId.XdpAdjustHead, HelperId.XdpAdjustTail, HelperId.XdpAdjustMeta, HelperId.XdpStoreBytes]),
        (ReadsPacket | ChangesWorld,
            [HelperId.PerfEventOutput, HelperId.FibLookup, HelperId.CheckMtu, HelperId.SkbLoadBytesRelative,
            HelperId.SkLookupTcp, HelperId.SkLookupUdp, HelperId.SkcLookupTcp,
            HelperId.GetSocketCookie, HelperId.GetSocketUid, HelperId.GetRouteRealm, HelperId.GetCgroupClassid]),
        (ChangesPacket | ChangesWorld,
            [HelperId.SkbStoreBytes, HelperId.L3CsumReplace, HelperId.L4CsumReplace, HelperId.CsumUpdate, HelperId.CsumLevel,
            HelperId.CloneRedirect, HelperId.SkbVlanPush, HelperId.SkbVlanPop, HelperId.SkbChangeProto, HelperId.SkbChangeType, HelperId.SkbChangeTail,
            HelperId.SkbChangeHead, HelperId.SkbPullData, HelperId.SkbAdjustRoom, HelperId.SkbEcnSetCe, HelperId.SkbSetTstamp,
            HelperId.GetHashRecalc, HelperId.SetHash, HelperId.SetHashInvalid]),

        (ChangesRecords | ChangesWorld | Holds, [HelperId.RingbufReserve]),
        (ChangesRecords | ChangesWorld, [HelperId.RingbufSubmit, HelperId.RingbufDiscard]),

        // These touch any memory: their arguments say so.
        (Holds, [HelperId.SpinLock, HelperId.RingbufReserveDynptr, HelperId.ForEachMapElem, HelperId.UserRingbufDrain]),
        (None,
            [HelperId.SpinUnlock, HelperId.Loop, HelperId.TimerInit, HelperId.TimerSetCallback, HelperId.TimerStart, HelperId.TimerCancel, HelperId.KptrXchg,
            HelperId.DynptrFromMem, HelperId.DynptrRead, HelperId.DynptrWrite, HelperId.DynptrData, HelperId.RingbufSubmitDynptr, HelperId.RingbufDiscardDynptr,
            HelperId.SkRelease, HelperId.SkFullsock, HelperId.TcpSock, HelperId.GetListenerSock, HelperId.TcpCheckSyncookie, HelperId.TcpGenSyncookie,
            HelperId.SkcToTcp6Sock, HelperId.SkcToTcpSock, HelperId.SkcToTcpTimewaitSock, HelperId.SkcToTcpRequestSock, HelperId.SkcToUdp6Sock,
            HelperId.SkcToUnixSock, HelperId.SkcToMptcpSock]),
    ];

    private static readonly Dictionary<HelperId, HelperBehavior> s_behaviors = Build();

    /// <summary>What a helper does.</summary>
    public static HelperBehavior Of(HelperId helper) => s_behaviors.GetValueOrDefault(helper, Anything);

    /// <summary>True for a helper that the table has.</summary>
    public static bool Has(HelperId helper) => s_behaviors.ContainsKey(helper);

    private static Dictionary<HelperId, HelperBehavior> Build()
    {
        var behaviors = new Dictionary<HelperId, HelperBehavior>();
        foreach ((HelperBehavior behavior, HelperId[] helpers) in s_rows)
        {
            foreach (HelperId helper in helpers)
                behaviors.Add(helper, behavior | (TakesOpaque(helper) ? IsOpaque : None) | (HelperTraits.CallsBack(helper) ? CallsBack : None));
        }
        return behaviors;
    }

    private static bool TakesOpaque(HelperId helper)
    {
        for (HelperPrototype? prototype = HelperPrototypes.Find(helper); prototype is not null; prototype = prototype.Other)
        {
            if (prototype.Arguments.Any(argument => argument.Kind is ArgumentKind.Function or ArgumentKind.Stack or ArgumentKind.SpinLock or ArgumentKind.Timer
                or ArgumentKind.PointerSlot or ArgumentKind.Dynptr or ArgumentKind.AnySocket or ArgumentKind.Socket or ArgumentKind.SocketCommon))
                return true;
        }
        return false;
    }
}
