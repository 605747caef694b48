using Headrace.Bytecode;
using static Headrace.Verifier.Arguments;
using static Headrace.Verifier.HelperMarks;
using static Headrace.Verifier.ProgramSets;
using static Headrace.Verifier.ReturnKind;

namespace Headrace.Verifier;

/// <summary>Helpers that work on maps, ring buffers and dynptrs.</summary>
internal static class MapHelpers
{
    /// <summary>The prototypes.</summary>
    public static readonly HelperPrototype[] All =
    [
        Of(HelperId.MapLookupElem, ProgramSets.All, [Map, Key], MapValueOrNull, PacketAccess),
        Of(HelperId.MapUpdateElem, ProgramSets.All, [Map, Key, Value, Any], marks: PacketAccess),
        Of(HelperId.MapDeleteElem, ProgramSets.All, [Map, Key], marks: PacketAccess),
        Of(HelperId.MapPushElem, ProgramSets.All, [Map, Value, Any], marks: PacketAccess),
        Of(HelperId.MapPopElem, ProgramSets.All, [Map, ValueOut]),
        Of(HelperId.MapPeekElem, ProgramSets.All, [Map, ValueOut]),
        Of(HelperId.MapLookupPercpuElem, ProgramSets.All, [Map, Key, Any], MapValueOrNull, PacketAccess),
        Of(HelperId.ForEachMapElem, ProgramSets.All, [Map, Function, StackOrNull, Any]),
        Of(HelperId.TailCall, ProgramSets.All, [Context, Map, Any], Nothing, ChangesPacket),
        Of(HelperId.RedirectMap, Xdp, [Map, Any, Any]),
        Of(HelperId.PerfEventRead, ProgramSets.All, [Map, Any], marks: GplOnly),
        Of(HelperId.PerfEventReadValue, ProgramSets.All, [Map, Any, Out, Size], marks: GplOnly),
        Of(HelperId.PerfEventOutput, ProgramSets.All & ~(SkReuseport | FlowDissector | Netfilter), [Context, Map, Any, In, SizeOrZero], marks: GplOnly),
        Of(HelperId.GetStackid, Tracing & ~PerfEvent, [Context, Map, Any], marks: GplOnly),
        Of(HelperId.GetStackid, PerfEvent, [Context, Map, Any]),
        Of(HelperId.SkbUnderCgroup, Lwt | Tc, [Context, Map, Any]),
        Of(HelperId.CurrentTaskUnderCgroup, ProgramSets.All, [Map, Any]),
        Of(HelperId.SkRedirectMap, SkSkb, [Context, Map, Any, Any]),
        Of(HelperId.SkRedirectHash, SkSkb, [Context, Map, Key, Any]),
        Of(HelperId.MsgRedirectMap, SkMsg, [Context, Map, Any, Any]),
        Of(HelperId.MsgRedirectHash, SkMsg, [Context, Map, Key, Any]),
        Of(HelperId.SockMapUpdate, SockOps, [Context, Map, Key, Any]),
        Of(HelperId.SockHashUpdate, SockOps, [Context, Map, Key, Any]),
        Of(HelperId.SkSelectReuseport, SkReuseport, [Context, Map, Key, Any]),
        Of(HelperId.GetLocalStorage, CgroupSkb | CgroupSock | SockOps | CgroupDevice | CgroupSockAddr | CgroupSysctl | CgroupSockopt, [Map, Any], MapValue),
        Of(HelperId.SkStorageGet, Tc | CgroupSkb | CgroupSock | SockOps | SkMsg | CgroupSockAddr | CgroupSockopt, [Map, AnySocket, ValueOrNull, Any], MapValueOrNull),
        Of(HelperId.SkStorageDelete, Tc | CgroupSkb | SockOps | SkMsg | CgroupSockAddr | CgroupSockopt, [Map, AnySocket]),
        Of(HelperId.TaskStorageGet, ProgramSets.All, [Map, KernelObject, ValueOrNull, Any], MapValueOrNull, type: "task_struct"),
        Of(HelperId.TaskStorageDelete, ProgramSets.All, [Map, KernelObject], type: "task_struct"),
        Of(HelperId.CgrpStorageGet, ProgramSets.All, [Map, KernelObject, ValueOrNull, Any], MapValueOrNull, type: "cgroup"),
        Of(HelperId.CgrpStorageDelete, ProgramSets.All, [Map, KernelObject], type: "cgroup"),
        Of(HelperId.RingbufOutput, ProgramSets.All, [Map, In, SizeOrZero, Any]),
        Of(HelperId.RingbufReserve, ProgramSets.All, [Map, AllocationSize, Any], RingMemoryOrNull, Acquires),
        Of(HelperId.RingbufSubmit, ProgramSets.All, [Record, Any], Nothing),
        Of(HelperId.RingbufDiscard, ProgramSets.All, [Record, Any], Nothing),
        Of(HelperId.RingbufQuery, ProgramSets.All, [Map, Any]),
        Of(HelperId.RingbufReserveDynptr, ProgramSets.All, [Map, Any, Any, RingDynptrOut]),
        Of(HelperId.RingbufSubmitDynptr, ProgramSets.All, [RingDynptr, Any], Nothing),
        Of(HelperId.RingbufDiscardDynptr, ProgramSets.All, [RingDynptr, Any], Nothing),
        Of(HelperId.UserRingbufDrain, ProgramSets.All, [Map, Function, StackOrNull, Any]),
        Of(HelperId.DynptrFromMem, ProgramSets.All, [Out, SizeOrZero, Any, LocalDynptrOut]),
        Of(HelperId.DynptrRead, ProgramSets.All, [Out, SizeOrZero, DynptrIn, Any, Any]),
        Of(HelperId.DynptrWrite, ProgramSets.All, [DynptrIn, Any, In, SizeOrZero, Any]),
        Of(HelperId.DynptrData, ProgramSets.All, [DynptrIn, Any, AllocationSize], DynptrMemoryOrNull),
        Of(HelperId.SpinLock, ProgramSets.All, [LockField], Nothing),
        Of(HelperId.SpinUnlock, ProgramSets.All, [LockField], Nothing),
        Of(HelperId.TimerInit, ProgramSets.All, [TimerField, Map, Any], marks: GplOnly),
        Of(HelperId.TimerSetCallback, ProgramSets.All, [TimerField, Function], marks: GplOnly),
        Of(HelperId.TimerStart, ProgramSets.All, [TimerField, Any, Any], marks: GplOnly),
        Of(HelperId.TimerCancel, ProgramSets.All, [TimerField], marks: GplOnly),
        Of(HelperId.KptrXchg, ProgramSets.All, [PointerSlot, ObjectRelease], KernelObjectOrNull, Acquires),
    ];

    private static HelperPrototype Of(HelperId id, ulong programs, Argument[] arguments, ReturnKind returns = Integer, HelperMarks marks = HelperMarks.None, string type = "") =>
        new(id, programs, arguments, returns, marks, type);
}
