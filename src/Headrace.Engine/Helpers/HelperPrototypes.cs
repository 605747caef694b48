using Headrace.Bytecode;
using static Headrace.Engine.HelperPrograms;

namespace Headrace.Engine;

/// <summary>The prototypes of the helpers that the engines have. Who may call what is what Linux 6.18 answers when it is asked.</summary>
internal static class HelperPrototypes
{
    private static readonly Argument Number = new(ArgumentKind.Number);
    private static readonly Argument Context = new(ArgumentKind.Context);
    private static readonly Argument Key = new(ArgumentKind.MapKey);
    private static readonly Argument Value = new(ArgumentKind.MapValue);
    private static readonly Argument ValueOut = new(ArgumentKind.MapValueOut);
    private static readonly Argument Memory = new(ArgumentKind.Memory);
    private static readonly Argument MemoryOrNull = new(ArgumentKind.MemoryOrNull);
    private static readonly Argument MemoryOut = new(ArgumentKind.MemoryOut);
    private static readonly Argument MemoryOutOrNull = new(ArgumentKind.MemoryOutOrNull);
    private static readonly Argument Size = new(ArgumentKind.Size);
    private static readonly Argument SizeOrZero = new(ArgumentKind.SizeOrZero);
    private static readonly Argument AllocationSize = new(ArgumentKind.AllocationSize);
    private static readonly Argument ConstantString = new(ArgumentKind.ConstantString);
    private static readonly Argument Function = new(ArgumentKind.Function);
    private static readonly Argument CallbackContext = new(ArgumentKind.CallbackContext);
    private static readonly Argument SpinLock = new(ArgumentKind.SpinLock);
    private static readonly Argument Timer = new(ArgumentKind.Timer);
    private static readonly Argument PointerSlot = new(ArgumentKind.PointerSlot);
    private static readonly Argument ObjectOrNull = new(ArgumentKind.ObjectOrNull);
    private static readonly Argument Dynptr = new(ArgumentKind.Dynptr);
    private static readonly Argument DynptrOut = new(ArgumentKind.DynptrOut);
    private static readonly Argument DynptrOfRecord = new(ArgumentKind.DynptrOfRecord);
    private static readonly Argument Record = new(ArgumentKind.Record);
    private static readonly Argument Socket = new(ArgumentKind.Socket);
    private static readonly Argument AnyAddress = new(ArgumentKind.AnyAddress);

    private static readonly HelperPrototype?[] s_prototypes = Build();

    /// <summary>The prototype of a helper, or null when the engines do not have it.</summary>
    public static HelperPrototype? Find(HelperId id) => (uint)id < (uint)s_prototypes.Length ? s_prototypes[(int)id] : null;

    private static HelperPrototype?[] Build()
    {
        var prototypes = new HelperPrototype?[HelperNames.Count];
        Add(HelperId.MapLookupElem, All, [Map(MapTypes.Searchable), Key]);
        Add(HelperId.MapUpdateElem, All, [Map(MapTypes.Changeable), Key, Value, Number]);
        Add(HelperId.MapDeleteElem, All, [Map(MapTypes.Changeable), Key]);
        Add(HelperId.KtimeGetNs, All, []);
        Add(HelperId.TracePrintk, All, [Memory, Size, Number, Number, Number], gplOnly: true);
        Add(HelperId.GetPrandomU32, All, []);
        Add(HelperId.GetSmpProcessorId, All, []);
        Add(HelperId.SkbStoreBytes, Tc | LwtXmit, [Context, Number, Memory, Size, Number], changesPacket: true);
        Add(HelperId.L3CsumReplace, Tc | LwtXmit, [Context, Number, Number, Number, Number], changesPacket: true);
        Add(HelperId.L4CsumReplace, Tc | LwtXmit, [Context, Number, Number, Number, Number], changesPacket: true);
        Add(HelperId.TailCall, All, [Context, Map(MapTypes.ProgramArray), Number]);
        Add(HelperId.CloneRedirect, Tc | LwtXmit, [Context, Number, Number], changesPacket: true);
        Add(HelperId.GetCurrentPidTgid, All, []);
        Add(HelperId.GetCurrentUidGid, All, []);
        Add(HelperId.GetCurrentComm, All, [MemoryOut, Size]);
        Add(HelperId.GetCgroupClassid, All, [Context]);
        Add(HelperId.SkbVlanPush, Tc, [Context, Number, Number], changesPacket: true);
        Add(HelperId.SkbVlanPop, Tc, [Context], changesPacket: true);
        Add(HelperId.Redirect, Xdp | Tc | LwtXmit, [Number, Number]);
        Add(HelperId.GetRouteRealm, Tc | Lwt, [Context]);
        Add(HelperId.PerfEventOutput, All, [Context, Map(MapTypes.PerfEventArray), Number, Memory, SizeOrZero], gplOnly: true);
        Add(HelperId.SkbLoadBytes, SocketFilter | Tc | CgroupSkb | Lwt, [Context, Number, MemoryOut, Size]);
        Add(HelperId.CsumDiff, Xdp | Tc | Lwt, [MemoryOrNull, SizeOrZero, MemoryOrNull, SizeOrZero, Number]);
        Add(HelperId.SkbChangeProto, Tc, [Context, Number, Number], changesPacket: true);
        Add(HelperId.SkbChangeType, Tc, [Context, Number]);
        Add(HelperId.GetHashRecalc, Tc | Lwt, [Context]);
        Add(HelperId.SkbChangeTail, Tc | LwtXmit, [Context, Number, Number], changesPacket: true);
        Add(HelperId.SkbPullData, Tc | Lwt, [Context, Number], changesPacket: true);
        Add(HelperId.CsumUpdate, Tc | LwtXmit, [Context, Number]);
        Add(HelperId.SetHashInvalid, Tc | LwtXmit, [Context]);
        Add(HelperId.GetNumaNodeId, All, []);
        Add(HelperId.SkbChangeHead, Tc | LwtXmit, [Context, Number, Number], changesPacket: true);
        Add(HelperId.XdpAdjustHead, Xdp, [Context, Number], changesPacket: true);
        Add(HelperId.GetSocketCookie, SocketFilter | Tc | CgroupSkb, [Context]);
        Add(HelperId.GetSocketUid, SocketFilter | Tc | CgroupSkb, [Context]);
        Add(HelperId.SetHash, Tc, [Context, Number]);
        Add(HelperId.SkbAdjustRoom, Tc, [Context, Number, Number, Number], changesPacket: true);
        Add(HelperId.RedirectMap, Xdp, [Map(MapTypes.Redirects), Number, Number]);
        Add(HelperId.XdpAdjustMeta, Xdp, [Context, Number], changesPacket: true);
        Add(HelperId.XdpAdjustTail, Xdp, [Context, Number], changesPacket: true);
        Add(HelperId.SkbLoadBytesRelative, SocketFilter | Tc | CgroupSkb, [Context, Number, MemoryOut, Size, Number]);
        Add(HelperId.FibLookup, Xdp | Tc, [Context, MemoryOut, Size, Number], gplOnly: true);
        Add(HelperId.SkLookupTcp, Xdp | Tc | CgroupSkb, [Context, Memory, Size, Number, Number]);
        Add(HelperId.SkLookupUdp, Xdp | Tc | CgroupSkb, [Context, Memory, Size, Number, Number]);
        Add(HelperId.SkRelease, Xdp | Tc | CgroupSkb, [Socket]);
        Add(HelperId.MapPushElem, All, [Map(MapTypes.Queues | MapTypes.BloomFilter), Value, Number]);
        Add(HelperId.MapPopElem, All, [Map(MapTypes.Queues), ValueOut]);
        Add(HelperId.MapPeekElem, All, [Map(MapTypes.Queues | MapTypes.BloomFilter), ValueOut]);
        Add(HelperId.SpinLock, All, [SpinLock]);
        Add(HelperId.SpinUnlock, All, [SpinLock]);
        Add(HelperId.SkFullsock, Tc | CgroupSkb, [Socket]);
        Add(HelperId.TcpSock, Tc | CgroupSkb, [Socket]);
        Add(HelperId.SkbEcnSetCe, Tc | CgroupSkb, [Context], changesPacket: true);
        Add(HelperId.GetListenerSock, Tc | CgroupSkb, [Socket]);
        Add(HelperId.SkcLookupTcp, Xdp | Tc | CgroupSkb, [Context, Memory, Size, Number, Number]);
        Add(HelperId.TcpCheckSyncookie, Xdp | Tc, [Socket, Memory, Size, Memory, Size], gplOnly: true);
        Add(HelperId.Strtol, All, [Memory, Size, Number, Out(8)]);
        Add(HelperId.Strtoul, All, [Memory, Size, Number, Out(8)]);
        Add(HelperId.TcpGenSyncookie, Xdp | Tc, [Socket, Memory, Size, Memory, Size], gplOnly: true);
        Add(HelperId.ProbeReadKernel, All, [MemoryOut, SizeOrZero, AnyAddress], gplOnly: true);
        Add(HelperId.ProbeReadKernelStr, All, [MemoryOut, SizeOrZero, AnyAddress], gplOnly: true);
        Add(HelperId.Jiffies64, All, []);
        Add(HelperId.KtimeGetBootNs, All, []);
        Add(HelperId.RingbufOutput, All, [Map(MapTypes.RingBuffer), Memory, SizeOrZero, Number]);
        Add(HelperId.RingbufReserve, All, [Map(MapTypes.RingBuffer), AllocationSize, Number]);
        Add(HelperId.RingbufSubmit, All, [Record, Number]);
        Add(HelperId.RingbufDiscard, All, [Record, Number]);
        Add(HelperId.RingbufQuery, All, [Map(MapTypes.RingBuffer), Number]);
        Add(HelperId.CsumLevel, Tc | LwtXmit, [Context, Number]);
        Add(HelperId.SkcToTcp6Sock, All, [Socket]);
        Add(HelperId.SkcToTcpSock, All, [Socket]);
        Add(HelperId.SkcToTcpTimewaitSock, All, [Socket]);
        Add(HelperId.SkcToTcpRequestSock, All, [Socket]);
        Add(HelperId.SkcToUdp6Sock, All, [Socket]);
        Add(HelperId.RedirectNeigh, Tc, [Number, MemoryOrNull, SizeOrZero, Number]);
        Add(HelperId.RedirectPeer, Tc, [Number, Number]);
        Add(HelperId.KtimeGetCoarseNs, All, []);
        Add(HelperId.CheckMtu, Xdp | Tc, [Context, Number, Out(4), Number, Number], gplOnly: true);
        Add(HelperId.ForEachMapElem, All, [Map(MapTypes.Walkable), Function, CallbackContext, Number]);
        Add(HelperId.Snprintf, All, [MemoryOutOrNull, SizeOrZero, ConstantString, MemoryOrNull, SizeOrZero], gplOnly: true);
        Add(HelperId.TimerInit, All, [Timer, Map(MapTypes.Walkable), Number], gplOnly: true);
        Add(HelperId.TimerSetCallback, All, [Timer, Function], gplOnly: true);
        Add(HelperId.TimerStart, All, [Timer, Number, Number], gplOnly: true);
        Add(HelperId.TimerCancel, All, [Timer], gplOnly: true);
        Add(HelperId.TraceVprintk, All, [Memory, Size, MemoryOrNull, SizeOrZero], gplOnly: true);
        Add(HelperId.SkcToUnixSock, All, [Socket]);
        Add(HelperId.Loop, All, [Number, Function, CallbackContext, Number]);
        Add(HelperId.Strncmp, All, [Memory, Size, ConstantString]);
        Add(HelperId.XdpGetBuffLen, Xdp, [Context]);
        Add(HelperId.XdpLoadBytes, Xdp, [Context, Number, MemoryOut, Size]);
        Add(HelperId.XdpStoreBytes, Xdp, [Context, Number, Memory, Size]);
        Add(HelperId.SkbSetTstamp, Tc, [Context, Number, Number]);
        Add(HelperId.KptrXchg, All, [PointerSlot, ObjectOrNull]);
        Add(HelperId.MapLookupPercpuElem, All, [Map(MapTypes.PerCpu), Key, Number]);
        Add(HelperId.SkcToMptcpSock, All, [Socket]);
        Add(HelperId.DynptrFromMem, All, [MemoryOut, SizeOrZero, Number, DynptrOut]);
        Add(HelperId.RingbufReserveDynptr, All, [Map(MapTypes.RingBuffer), Number, Number, DynptrOut]);
        Add(HelperId.RingbufSubmitDynptr, All, [DynptrOfRecord, Number]);
        Add(HelperId.RingbufDiscardDynptr, All, [DynptrOfRecord, Number]);
        Add(HelperId.DynptrRead, All, [MemoryOut, SizeOrZero, Dynptr, Number, Number]);
        Add(HelperId.DynptrWrite, All, [Dynptr, Number, Memory, SizeOrZero, Number]);
        Add(HelperId.DynptrData, All, [Dynptr, Number, AllocationSize]);
        Add(HelperId.TcpRawGenSyncookieIpv4, Xdp | Tc, [In(20), Memory, SizeOrZero], gplOnly: true);
        Add(HelperId.TcpRawGenSyncookieIpv6, Xdp | Tc, [In(40), Memory, SizeOrZero], gplOnly: true);
        Add(HelperId.TcpRawCheckSyncookieIpv4, Xdp | Tc, [In(20), In(20)], gplOnly: true);
        Add(HelperId.TcpRawCheckSyncookieIpv6, Xdp | Tc, [In(40), In(20)], gplOnly: true);
        Add(HelperId.KtimeGetTaiNs, All, []);
        Add(HelperId.UserRingbufDrain, All, [Map(MapTypes.UserRingBuffer), Function, CallbackContext, Number]);

        return prototypes;

        void Add(HelperId id, HelperPrograms programs, Argument[] arguments, bool gplOnly = false, bool changesPacket = false) =>
            prototypes[(int)id] = new HelperPrototype(id, programs, arguments, gplOnly, changesPacket);
    }

    private static Argument Map(ulong types) => new(ArgumentKind.Map, Maps: types);

    private static Argument In(int size) => new(ArgumentKind.Memory, size);

    private static Argument Out(int size) => new(ArgumentKind.MemoryOut, size);
}
