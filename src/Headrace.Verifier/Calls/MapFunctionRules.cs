using System.Collections.Frozen;
using Headrace.Bytecode;
using Headrace.Objects;
using static Headrace.Bytecode.HelperId;

namespace Headrace.Verifier;

/// <summary>Which helpers take which maps.</summary>
/// <remarks>Some map types name the helpers that may have them; some helpers name the map types they work on; a pair must satisfy both.</remarks>
internal static class MapFunctionRules
{
    private static readonly FrozenDictionary<MapType, HelperId[]> s_byMap = new Dictionary<MapType, HelperId[]>
    {
        [MapType.ProgramArray] = [TailCall],
        [MapType.PerfEventArray] = [PerfEventRead, PerfEventOutput, SkbOutput, PerfEventReadValue, XdpOutput],
        [MapType.RingBuffer] = [RingbufOutput, RingbufReserve, RingbufQuery, RingbufReserveDynptr, RingbufSubmitDynptr, RingbufDiscardDynptr],
        [MapType.UserRingBuffer] = [UserRingbufDrain],
        [MapType.StackTrace] = [GetStackid],
        [MapType.CgroupArray] = [SkbUnderCgroup, CurrentTaskUnderCgroup],
        [MapType.CgroupStorage] = [GetLocalStorage],
        [MapType.PerCpuCgroupStorage] = [GetLocalStorage],
        [MapType.DevMap] = [RedirectMap, MapLookupElem],
        [MapType.DevMapHash] = [RedirectMap, MapLookupElem],
        [MapType.CpuMap] = [RedirectMap],
        [MapType.XskMap] = [RedirectMap, MapLookupElem],
        [MapType.ArrayOfMaps] = [MapLookupElem],
        [MapType.HashOfMaps] = [MapLookupElem],
        [MapType.SockMap] = [SkRedirectMap, SockMapUpdate, MsgRedirectMap, SkSelectReuseport, MapLookupElem],
        [MapType.SockHash] = [SkRedirectHash, SockHashUpdate, MsgRedirectHash, SkSelectReuseport, MapLookupElem],
        [MapType.ReuseportSockarray] = [SkSelectReuseport],
        [MapType.Queue] = [MapPeekElem, MapPopElem, MapPushElem],
        [MapType.Stack] = [MapPeekElem, MapPopElem, MapPushElem],
        [MapType.SkStorage] = [SkStorageGet, SkStorageDelete, KptrXchg],
        [MapType.InodeStorage] = [InodeStorageGet, InodeStorageDelete, KptrXchg],
        [MapType.TaskStorage] = [TaskStorageGet, TaskStorageDelete, KptrXchg],
        [MapType.CgrpStorage] = [CgrpStorageGet, CgrpStorageDelete, KptrXchg],
        [MapType.BloomFilter] = [MapPeekElem, MapPushElem],
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<HelperId, MapType[]> s_byHelper = new Dictionary<HelperId, MapType[]>
    {
        [TailCall] = [MapType.ProgramArray],
        [PerfEventRead] = [MapType.PerfEventArray],
        [PerfEventOutput] = [MapType.PerfEventArray],
        [PerfEventReadValue] = [MapType.PerfEventArray],
        [RingbufOutput] = [MapType.RingBuffer],
        [RingbufReserve] = [MapType.RingBuffer],
        [RingbufQuery] = [MapType.RingBuffer],
        [RingbufReserveDynptr] = [MapType.RingBuffer],
        [UserRingbufDrain] = [MapType.UserRingBuffer],
        [GetStackid] = [MapType.StackTrace],
        [CurrentTaskUnderCgroup] = [MapType.CgroupArray],
        [SkbUnderCgroup] = [MapType.CgroupArray],
        [RedirectMap] = [MapType.DevMap, MapType.DevMapHash, MapType.CpuMap, MapType.XskMap],
        [SkRedirectMap] = [MapType.SockMap],
        [MsgRedirectMap] = [MapType.SockMap],
        [SockMapUpdate] = [MapType.SockMap],
        [SkRedirectHash] = [MapType.SockHash],
        [MsgRedirectHash] = [MapType.SockHash],
        [SockHashUpdate] = [MapType.SockHash],
        [GetLocalStorage] = [MapType.CgroupStorage, MapType.PerCpuCgroupStorage],
        [SkSelectReuseport] = [MapType.ReuseportSockarray, MapType.SockMap, MapType.SockHash],
        [MapPopElem] = [MapType.Queue, MapType.Stack],
        [MapPeekElem] = [MapType.Queue, MapType.Stack, MapType.BloomFilter],
        [MapPushElem] = [MapType.Queue, MapType.Stack, MapType.BloomFilter],
        [MapLookupPercpuElem] = [MapType.PerCpuArray, MapType.PerCpuHash, MapType.LruPerCpuHash],
        [SkStorageGet] = [MapType.SkStorage],
        [SkStorageDelete] = [MapType.SkStorage],
        [TaskStorageGet] = [MapType.TaskStorage],
        [TaskStorageDelete] = [MapType.TaskStorage],
        [CgrpStorageGet] = [MapType.CgrpStorage],
        [CgrpStorageDelete] = [MapType.CgrpStorage],
    }.ToFrozenDictionary();

    // Program types that may change socket maps: those that run where the map's locks can be taken.
    private const ulong SocketMapWriters = ProgramSets.SocketFilter | ProgramSets.Tc | ProgramSets.Xdp | ProgramSets.SkReuseport
        | ProgramSets.FlowDissector | ProgramSets.SkLookup;

    /// <summary>Says whether a helper takes a map.</summary>
    public static bool Allows(HelperId helper, MapType map, ProgramType program) =>
        MapAllows(helper, map, program) && (!s_byHelper.TryGetValue(helper, out MapType[]? types) || types.Contains(map));

    /// <summary>True for maps that programs may not change. Those of devices are among them: their values are the kernel's own.</summary>
    public static bool IsReadOnly(MapSpec map) => (map.Flags & MapFlags.ReadOnlyProgram) != 0 || map.Type is MapType.DevMap or MapType.DevMapHash;

    /// <summary>Why a program may not refer to a map at all, or null.</summary>
    public static string? WhyNotIn(ProgramSpec program, MapSpec map)
    {
        bool isTracing = (ProgramSets.Tracing >> (int)program.Type & 1) != 0;
        bool locks = map.SpecialFields.Exists(field => field.Kind == MapFieldKind.SpinLock);
        if (locks && program.Type == ProgramType.SocketFilter)
            return "socket filter progs cannot use bpf_spin_lock yet";
        if (locks && isTracing)
            return "tracing progs cannot use bpf_spin_lock yet";
        if (isTracing && map.SpecialFields.Exists(field => field.Kind == MapFieldKind.Timer))
            return "tracing progs cannot use bpf_timer yet";
        if (isTracing && map.SpecialFields.Exists(field => field.Kind == MapFieldKind.WorkQueue))
            return "tracing progs cannot use bpf_wq yet";
        return null;
    }

    /// <summary>True for maps whose elements bpf_for_each_map_elem can walk.</summary>
    public static bool IsWalkable(MapType map) => map is MapType.Hash or MapType.Array or MapType.PerCpuHash or MapType.PerCpuArray
        or MapType.LruHash or MapType.LruPerCpuHash;

    private static bool MapAllows(HelperId helper, MapType map, ProgramType program)
    {
        if (!s_byMap.TryGetValue(map, out HelperId[]? helpers) || helpers.Contains(helper))
            return true;
        return helper is MapUpdateElem or MapDeleteElem && map is MapType.SockMap or MapType.SockHash && (SocketMapWriters >> (int)program & 1) != 0;
    }
}
