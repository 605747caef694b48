using Headrace.Bytecode;

namespace Headrace.Engine;

/// <summary>The helper functions made for one policy of looking at their arguments.</summary>
/// <typeparam name="TAccess">The policy.</typeparam>
internal static unsafe class HelperTable<TAccess> where TAccess : struct, IArgumentAccess
{
    private static readonly HelperEntry[] s_entries = Build();

    /// <summary>Finds a helper; false for one that the engines do not have.</summary>
    public static bool TryGet(HelperId id, out HelperEntry entry)
    {
        entry = (uint)id < (uint)s_entries.Length ? s_entries[(int)id] : default;
        return entry.Function != null;
    }

    private static HelperEntry[] Build()
    {
        var entries = new HelperEntry[HelperNames.Count];
        Add(HelperId.MapLookupElem, &MapHelpers.MapLookupElem<TAccess>, typeof(MapHelpers), nameof(MapHelpers.MapLookupElem));
        Add(HelperId.MapUpdateElem, &MapHelpers.MapUpdateElem<TAccess>, typeof(MapHelpers), nameof(MapHelpers.MapUpdateElem));
        Add(HelperId.MapDeleteElem, &MapHelpers.MapDeleteElem<TAccess>, typeof(MapHelpers), nameof(MapHelpers.MapDeleteElem));
        Add(HelperId.KtimeGetNs, &ClockHelpers.KtimeGetNs<TAccess>, typeof(ClockHelpers), nameof(ClockHelpers.KtimeGetNs));
        Add(HelperId.TracePrintk, &TextHelpers.TracePrintk<TAccess>, typeof(TextHelpers), nameof(TextHelpers.TracePrintk));
        Add(HelperId.GetPrandomU32, &ProcessHelpers.GetPrandomU32<TAccess>, typeof(ProcessHelpers), nameof(ProcessHelpers.GetPrandomU32));
        Add(HelperId.GetSmpProcessorId, &ProcessHelpers.GetSmpProcessorId<TAccess>, typeof(ProcessHelpers), nameof(ProcessHelpers.GetSmpProcessorId));
        Add(HelperId.SkbStoreBytes, &SkbHelpers.SkbStoreBytes<TAccess>, typeof(SkbHelpers), nameof(SkbHelpers.SkbStoreBytes));
        Add(HelperId.L3CsumReplace, &ChecksumHelpers.L3CsumReplace<TAccess>, typeof(ChecksumHelpers), nameof(ChecksumHelpers.L3CsumReplace));
        Add(HelperId.L4CsumReplace, &ChecksumHelpers.L4CsumReplace<TAccess>, typeof(ChecksumHelpers), nameof(ChecksumHelpers.L4CsumReplace));
        Add(HelperId.CloneRedirect, &RedirectHelpers.CloneRedirect<TAccess>, typeof(RedirectHelpers), nameof(RedirectHelpers.CloneRedirect));
        Add(HelperId.GetCurrentPidTgid, &ProcessHelpers.GetCurrentPidTgid<TAccess>, typeof(ProcessHelpers), nameof(ProcessHelpers.GetCurrentPidTgid));
        Add(HelperId.GetCurrentUidGid, &ProcessHelpers.GetCurrentUidGid<TAccess>, typeof(ProcessHelpers), nameof(ProcessHelpers.GetCurrentUidGid));
        Add(HelperId.GetCurrentComm, &ProcessHelpers.GetCurrentComm<TAccess>, typeof(ProcessHelpers), nameof(ProcessHelpers.GetCurrentComm));
        Add(HelperId.GetCgroupClassid, &ProcessHelpers.GetCgroupClassid<TAccess>, typeof(ProcessHelpers), nameof(ProcessHelpers.GetCgroupClassid));
        Add(HelperId.SkbVlanPush, &VlanHelpers.SkbVlanPush<TAccess>, typeof(VlanHelpers), nameof(VlanHelpers.SkbVlanPush));
        Add(HelperId.SkbVlanPop, &VlanHelpers.SkbVlanPop<TAccess>, typeof(VlanHelpers), nameof(VlanHelpers.SkbVlanPop));
        Add(HelperId.Redirect, &RedirectHelpers.Redirect<TAccess>, typeof(RedirectHelpers), nameof(RedirectHelpers.Redirect));
        Add(HelperId.GetRouteRealm, &SocketHelpers.GetRouteRealm<TAccess>, typeof(SocketHelpers), nameof(SocketHelpers.GetRouteRealm));
        Add(HelperId.PerfEventOutput, &StreamHelpers.PerfEventOutput<TAccess>, typeof(StreamHelpers), nameof(StreamHelpers.PerfEventOutput));
        Add(HelperId.SkbLoadBytes, &SkbHelpers.SkbLoadBytes<TAccess>, typeof(SkbHelpers), nameof(SkbHelpers.SkbLoadBytes));
        Add(HelperId.CsumDiff, &ChecksumHelpers.CsumDiff<TAccess>, typeof(ChecksumHelpers), nameof(ChecksumHelpers.CsumDiff));
        Add(HelperId.SkbChangeProto, &SkbRoomHelpers.SkbChangeProto<TAccess>, typeof(SkbRoomHelpers), nameof(SkbRoomHelpers.SkbChangeProto));
        Add(HelperId.SkbChangeType, &SkbHelpers.SkbChangeType<TAccess>, typeof(SkbHelpers), nameof(SkbHelpers.SkbChangeType));
        Add(HelperId.GetHashRecalc, &SkbHelpers.GetHashRecalc<TAccess>, typeof(SkbHelpers), nameof(SkbHelpers.GetHashRecalc));
        Add(HelperId.SkbChangeTail, &SkbRoomHelpers.SkbChangeTail<TAccess>, typeof(SkbRoomHelpers), nameof(SkbRoomHelpers.SkbChangeTail));
        Add(HelperId.SkbPullData, &SkbHelpers.SkbPullData<TAccess>, typeof(SkbHelpers), nameof(SkbHelpers.SkbPullData));
        Add(HelperId.CsumUpdate, &ChecksumHelpers.CsumUpdate<TAccess>, typeof(ChecksumHelpers), nameof(ChecksumHelpers.CsumUpdate));
        Add(HelperId.SetHashInvalid, &SkbHelpers.SetHashInvalid<TAccess>, typeof(SkbHelpers), nameof(SkbHelpers.SetHashInvalid));
        Add(HelperId.GetNumaNodeId, &ProcessHelpers.GetNumaNodeId<TAccess>, typeof(ProcessHelpers), nameof(ProcessHelpers.GetNumaNodeId));
        Add(HelperId.SkbChangeHead, &SkbRoomHelpers.SkbChangeHead<TAccess>, typeof(SkbRoomHelpers), nameof(SkbRoomHelpers.SkbChangeHead));
        Add(HelperId.XdpAdjustHead, &XdpHelpers.XdpAdjustHead<TAccess>, typeof(XdpHelpers), nameof(XdpHelpers.XdpAdjustHead));
        Add(HelperId.GetSocketCookie, &SocketHelpers.GetSocketCookie<TAccess>, typeof(SocketHelpers), nameof(SocketHelpers.GetSocketCookie));
        Add(HelperId.GetSocketUid, &SocketHelpers.GetSocketUid<TAccess>, typeof(SocketHelpers), nameof(SocketHelpers.GetSocketUid));
        Add(HelperId.SetHash, &SkbHelpers.SetHash<TAccess>, typeof(SkbHelpers), nameof(SkbHelpers.SetHash));
        Add(HelperId.SkbAdjustRoom, &SkbRoomHelpers.SkbAdjustRoom<TAccess>, typeof(SkbRoomHelpers), nameof(SkbRoomHelpers.SkbAdjustRoom));
        Add(HelperId.RedirectMap, &RedirectHelpers.RedirectMap<TAccess>, typeof(RedirectHelpers), nameof(RedirectHelpers.RedirectMap));
        Add(HelperId.XdpAdjustMeta, &XdpHelpers.XdpAdjustMeta<TAccess>, typeof(XdpHelpers), nameof(XdpHelpers.XdpAdjustMeta));
        Add(HelperId.XdpAdjustTail, &XdpHelpers.XdpAdjustTail<TAccess>, typeof(XdpHelpers), nameof(XdpHelpers.XdpAdjustTail));
        Add(HelperId.SkbLoadBytesRelative, &SkbHelpers.SkbLoadBytesRelative<TAccess>, typeof(SkbHelpers), nameof(SkbHelpers.SkbLoadBytesRelative));
        Add(HelperId.FibLookup, &RouteHelpers.FibLookup<TAccess>, typeof(RouteHelpers), nameof(RouteHelpers.FibLookup));
        Add(HelperId.SkLookupTcp, &SocketHelpers.SocketLookup<TAccess>, typeof(SocketHelpers), nameof(SocketHelpers.SocketLookup));
        Add(HelperId.SkLookupUdp, &SocketHelpers.SocketLookup<TAccess>, typeof(SocketHelpers), nameof(SocketHelpers.SocketLookup));
        Add(HelperId.SkRelease, &SocketHelpers.WithoutSocket<TAccess>, typeof(SocketHelpers), nameof(SocketHelpers.WithoutSocket));
        Add(HelperId.MapPushElem, &MapHelpers.MapPushElem<TAccess>, typeof(MapHelpers), nameof(MapHelpers.MapPushElem));
        Add(HelperId.MapPopElem, &MapHelpers.MapPopElem<TAccess>, typeof(MapHelpers), nameof(MapHelpers.MapPopElem));
        Add(HelperId.MapPeekElem, &MapHelpers.MapPeekElem<TAccess>, typeof(MapHelpers), nameof(MapHelpers.MapPeekElem));
        Add(HelperId.SpinLock, &LockHelpers.SpinLock<TAccess>, typeof(LockHelpers), nameof(LockHelpers.SpinLock));
        Add(HelperId.SpinUnlock, &LockHelpers.SpinUnlock<TAccess>, typeof(LockHelpers), nameof(LockHelpers.SpinUnlock));
        Add(HelperId.SkFullsock, &SocketHelpers.NoSocket<TAccess>, typeof(SocketHelpers), nameof(SocketHelpers.NoSocket));
        Add(HelperId.TcpSock, &SocketHelpers.NoSocket<TAccess>, typeof(SocketHelpers), nameof(SocketHelpers.NoSocket));
        Add(HelperId.SkbEcnSetCe, &SkbHelpers.SkbEcnSetCe<TAccess>, typeof(SkbHelpers), nameof(SkbHelpers.SkbEcnSetCe));
        Add(HelperId.GetListenerSock, &SocketHelpers.NoSocket<TAccess>, typeof(SocketHelpers), nameof(SocketHelpers.NoSocket));
        Add(HelperId.SkcLookupTcp, &SocketHelpers.SocketLookup<TAccess>, typeof(SocketHelpers), nameof(SocketHelpers.SocketLookup));
        Add(HelperId.TcpCheckSyncookie, &SocketHelpers.WithoutSocket<TAccess>, typeof(SocketHelpers), nameof(SocketHelpers.WithoutSocket));
        Add(HelperId.Strtol, &TextHelpers.Strtol<TAccess>, typeof(TextHelpers), nameof(TextHelpers.Strtol));
        Add(HelperId.Strtoul, &TextHelpers.Strtoul<TAccess>, typeof(TextHelpers), nameof(TextHelpers.Strtoul));
        Add(HelperId.TcpGenSyncookie, &SocketHelpers.WithoutSocket<TAccess>, typeof(SocketHelpers), nameof(SocketHelpers.WithoutSocket));
        Add(HelperId.ProbeReadKernel, &MemoryHelpers.ProbeReadKernel<TAccess>, typeof(MemoryHelpers), nameof(MemoryHelpers.ProbeReadKernel));
        Add(HelperId.ProbeReadKernelStr, &MemoryHelpers.ProbeReadKernelStr<TAccess>, typeof(MemoryHelpers), nameof(MemoryHelpers.ProbeReadKernelStr));
        Add(HelperId.Jiffies64, &ClockHelpers.Jiffies64<TAccess>, typeof(ClockHelpers), nameof(ClockHelpers.Jiffies64));
        Add(HelperId.KtimeGetBootNs, &ClockHelpers.KtimeGetBootNs<TAccess>, typeof(ClockHelpers), nameof(ClockHelpers.KtimeGetBootNs));
        Add(HelperId.RingbufOutput, &StreamHelpers.RingbufOutput<TAccess>, typeof(StreamHelpers), nameof(StreamHelpers.RingbufOutput));
        Add(HelperId.RingbufReserve, &StreamHelpers.RingbufReserve<TAccess>, typeof(StreamHelpers), nameof(StreamHelpers.RingbufReserve));
        Add(HelperId.RingbufSubmit, &StreamHelpers.RingbufSubmit<TAccess>, typeof(StreamHelpers), nameof(StreamHelpers.RingbufSubmit));
        Add(HelperId.RingbufDiscard, &StreamHelpers.RingbufDiscard<TAccess>, typeof(StreamHelpers), nameof(StreamHelpers.RingbufDiscard));
        Add(HelperId.RingbufQuery, &StreamHelpers.RingbufQuery<TAccess>, typeof(StreamHelpers), nameof(StreamHelpers.RingbufQuery));
        Add(HelperId.CsumLevel, &ChecksumHelpers.CsumLevel<TAccess>, typeof(ChecksumHelpers), nameof(ChecksumHelpers.CsumLevel));
        Add(HelperId.SkcToTcp6Sock, &SocketHelpers.NoSocket<TAccess>, typeof(SocketHelpers), nameof(SocketHelpers.NoSocket));
        Add(HelperId.SkcToTcpSock, &SocketHelpers.NoSocket<TAccess>, typeof(SocketHelpers), nameof(SocketHelpers.NoSocket));
        Add(HelperId.SkcToTcpTimewaitSock, &SocketHelpers.NoSocket<TAccess>, typeof(SocketHelpers), nameof(SocketHelpers.NoSocket));
        Add(HelperId.SkcToTcpRequestSock, &SocketHelpers.NoSocket<TAccess>, typeof(SocketHelpers), nameof(SocketHelpers.NoSocket));
        Add(HelperId.SkcToUdp6Sock, &SocketHelpers.NoSocket<TAccess>, typeof(SocketHelpers), nameof(SocketHelpers.NoSocket));
        Add(HelperId.RedirectNeigh, &RedirectHelpers.RedirectNeigh<TAccess>, typeof(RedirectHelpers), nameof(RedirectHelpers.RedirectNeigh));
        Add(HelperId.RedirectPeer, &RedirectHelpers.RedirectPeer<TAccess>, typeof(RedirectHelpers), nameof(RedirectHelpers.RedirectPeer));
        Add(HelperId.KtimeGetCoarseNs, &ClockHelpers.KtimeGetCoarseNs<TAccess>, typeof(ClockHelpers), nameof(ClockHelpers.KtimeGetCoarseNs));
        Add(HelperId.CheckMtu, &RouteHelpers.CheckMtu<TAccess>, typeof(RouteHelpers), nameof(RouteHelpers.CheckMtu));
        Add(HelperId.ForEachMapElem, &MapHelpers.ForEachMapElem<TAccess>, typeof(MapHelpers), nameof(MapHelpers.ForEachMapElem));
        Add(HelperId.Snprintf, &TextHelpers.Snprintf<TAccess>, typeof(TextHelpers), nameof(TextHelpers.Snprintf));
        Add(HelperId.TimerInit, &TimerHelpers.TimerInit<TAccess>, typeof(TimerHelpers), nameof(TimerHelpers.TimerInit));
        Add(HelperId.TimerSetCallback, &TimerHelpers.TimerSetCallback<TAccess>, typeof(TimerHelpers), nameof(TimerHelpers.TimerSetCallback));
        Add(HelperId.TimerStart, &TimerHelpers.TimerStart<TAccess>, typeof(TimerHelpers), nameof(TimerHelpers.TimerStart));
        Add(HelperId.TimerCancel, &TimerHelpers.TimerCancel<TAccess>, typeof(TimerHelpers), nameof(TimerHelpers.TimerCancel));
        Add(HelperId.TraceVprintk, &TextHelpers.TraceVprintk<TAccess>, typeof(TextHelpers), nameof(TextHelpers.TraceVprintk));
        Add(HelperId.SkcToUnixSock, &SocketHelpers.NoSocket<TAccess>, typeof(SocketHelpers), nameof(SocketHelpers.NoSocket));
        Add(HelperId.Loop, &LoopHelpers.Loop<TAccess>, typeof(LoopHelpers), nameof(LoopHelpers.Loop));
        Add(HelperId.Strncmp, &TextHelpers.Strncmp<TAccess>, typeof(TextHelpers), nameof(TextHelpers.Strncmp));
        Add(HelperId.XdpGetBuffLen, &XdpHelpers.XdpGetBuffLen<TAccess>, typeof(XdpHelpers), nameof(XdpHelpers.XdpGetBuffLen));
        Add(HelperId.XdpLoadBytes, &XdpHelpers.XdpLoadBytes<TAccess>, typeof(XdpHelpers), nameof(XdpHelpers.XdpLoadBytes));
        Add(HelperId.XdpStoreBytes, &XdpHelpers.XdpStoreBytes<TAccess>, typeof(XdpHelpers), nameof(XdpHelpers.XdpStoreBytes));
        Add(HelperId.SkbSetTstamp, &SkbHelpers.SkbSetTstamp<TAccess>, typeof(SkbHelpers), nameof(SkbHelpers.SkbSetTstamp));
        Add(HelperId.KptrXchg, &MemoryHelpers.KptrXchg<TAccess>, typeof(MemoryHelpers), nameof(MemoryHelpers.KptrXchg));
        Add(HelperId.MapLookupPercpuElem, &MapHelpers.MapLookupPercpuElem<TAccess>, typeof(MapHelpers), nameof(MapHelpers.MapLookupPercpuElem));
        Add(HelperId.SkcToMptcpSock, &SocketHelpers.NoSocket<TAccess>, typeof(SocketHelpers), nameof(SocketHelpers.NoSocket));
        Add(HelperId.DynptrFromMem, &DynptrHelpers.DynptrFromMem<TAccess>, typeof(DynptrHelpers), nameof(DynptrHelpers.DynptrFromMem));
        Add(HelperId.RingbufReserveDynptr, &StreamHelpers.RingbufReserveDynptr<TAccess>, typeof(StreamHelpers), nameof(StreamHelpers.RingbufReserveDynptr));
        Add(HelperId.RingbufSubmitDynptr, &StreamHelpers.RingbufSubmitDynptr<TAccess>, typeof(StreamHelpers), nameof(StreamHelpers.RingbufSubmitDynptr));
        Add(HelperId.RingbufDiscardDynptr, &StreamHelpers.RingbufDiscardDynptr<TAccess>, typeof(StreamHelpers), nameof(StreamHelpers.RingbufDiscardDynptr));
        Add(HelperId.DynptrRead, &DynptrHelpers.DynptrRead<TAccess>, typeof(DynptrHelpers), nameof(DynptrHelpers.DynptrRead));
        Add(HelperId.DynptrWrite, &DynptrHelpers.DynptrWrite<TAccess>, typeof(DynptrHelpers), nameof(DynptrHelpers.DynptrWrite));
        Add(HelperId.DynptrData, &DynptrHelpers.DynptrData<TAccess>, typeof(DynptrHelpers), nameof(DynptrHelpers.DynptrData));
        Add(HelperId.TcpRawGenSyncookieIpv4, &SynCookieHelpers.TcpRawGenSyncookieIpv4<TAccess>, typeof(SynCookieHelpers), nameof(SynCookieHelpers.TcpRawGenSyncookieIpv4));
        Add(HelperId.TcpRawGenSyncookieIpv6, &SynCookieHelpers.TcpRawGenSyncookieIpv6<TAccess>, typeof(SynCookieHelpers), nameof(SynCookieHelpers.TcpRawGenSyncookieIpv6));
        Add(HelperId.TcpRawCheckSyncookieIpv4, &SynCookieHelpers.TcpRawCheckSyncookieIpv4<TAccess>, typeof(SynCookieHelpers), nameof(SynCookieHelpers.TcpRawCheckSyncookieIpv4));
        Add(HelperId.TcpRawCheckSyncookieIpv6, &SynCookieHelpers.TcpRawCheckSyncookieIpv6<TAccess>, typeof(SynCookieHelpers), nameof(SynCookieHelpers.TcpRawCheckSyncookieIpv6));
        Add(HelperId.KtimeGetTaiNs, &ClockHelpers.KtimeGetTaiNs<TAccess>, typeof(ClockHelpers), nameof(ClockHelpers.KtimeGetTaiNs));
        Add(HelperId.UserRingbufDrain, &StreamHelpers.UserRingbufDrain<TAccess>, typeof(StreamHelpers), nameof(StreamHelpers.UserRingbufDrain));

        return entries;

        void Add(HelperId id, delegate*<Machine, ulong, ulong, ulong, ulong, ulong, ulong> function, Type type, string methodName) =>
            entries[(int)id] = new HelperEntry(id, function, type, methodName, typeof(TAccess));
    }
}
