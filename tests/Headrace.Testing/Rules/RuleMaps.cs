using Headrace.Bytecode;
using Headrace.Objects;
using Headrace.Objects.Writing;

namespace Headrace.Testing.Rules;

/// <summary>The maps that the rules' cases use: one of each kind, by name.</summary>
public static class RuleMaps
{
    /// <summary>The maps, by the index programs refer to them.</summary>
    public static IReadOnlyList<MapSpec> All { get; }

    /// <summary>The types of the maps' values.</summary>
    public static byte[] Types { get; }

    static RuleMaps()
    {
        var types = new BtfWriter();
        int key = types.Integer(4);
        int spinLock = types.Struct("bpf_spin_lock", 4, [("val", types.Integer(4), 0)]);
        int timer = types.Struct("bpf_timer", 16, [("__opaque", types.Array(types.Integer(8), 2), 0)]);
        int queue = types.Struct("bpf_wq", 16, [("__opaque", types.Array(types.Integer(8), 2), 0)]);
        int locked = types.Struct("locked", 24, [("count", types.Integer(8), 0), ("lock", spinLock, 8), ("sum", types.Integer(8), 16)]);
        int timed = types.Struct("timed", 24, [("count", types.Integer(8), 0), ("timer", timer, 8)]);
        int queued = types.Struct("queued", 24, [("count", types.Integer(8), 0), ("work", queue, 8)]);
        Types = types.ToBytes();

        MapSpec inner = Spec("inner", MapType.Array, 4, 16);
        var lockField = new MapFieldSpec(MapFieldKind.SpinLock, 8, 4);
        var timerField = new MapFieldSpec(MapFieldKind.Timer, 8, 16);
        All =
        [
            // Values are as large as their names say; a table has 2 elements, to try keys at its border.
            Spec("table", MapType.Array, 4, 128, entries: 2), Spec("flows", MapType.Hash, 4, 16, entries: 8), Spec("one", MapType.Array, 4, 64, entries: 1),
            Spec("hash", MapType.Hash, 4, 8), Spec("array", MapType.Array, 4, 8), Spec("big", MapType.Array, 4, 64), Spec("wide", MapType.Hash, 16, 8), Spec("odd", MapType.Array, 4, 13),
            Spec("percpu_hash", MapType.PerCpuHash, 4, 8), Spec("percpu_array", MapType.PerCpuArray, 4, 8), Spec("lru", MapType.LruHash, 4, 8),
            Spec("lru_percpu", MapType.LruPerCpuHash, 4, 8), Spec("routes", MapType.LpmTrie, 8, 8, MapFlags.NoPrealloc),
            Spec("events", MapType.PerfEventArray, 4, 4), Spec("traces", MapType.StackTrace, 4, 8), Spec("groups", MapType.CgroupArray, 4, 4),
            Spec("devices", MapType.DevMap, 4, 4), Spec("device_hash", MapType.DevMapHash, 4, 4), Spec("cpus", MapType.CpuMap, 4, 4),
            Spec("xsks", MapType.XskMap, 4, 4), Spec("sockets", MapType.SockMap, 4, 4), Spec("socket_hash", MapType.SockHash, 4, 4),
            Spec("reuseport", MapType.ReuseportSockarray, 4, 4), Spec("queue", MapType.Queue, 0, 8), Spec("stack", MapType.Stack, 0, 8),
            Spec("bloom", MapType.BloomFilter, 0, 8), Spec("ring", MapType.RingBuffer, 0, 0, entries: 4096), Spec("user_ring", MapType.UserRingBuffer, 0, 0, entries: 4096),
            Spec("outer", MapType.ArrayOfMaps, 4, 4, inner: inner), Spec("outer_hash", MapType.HashOfMaps, 4, 4, inner: inner),
            Spec("read_only", MapType.Array, 4, 16, MapFlags.ReadOnlyProgram, entries: 1), Spec("write_only", MapType.Array, 4, 16, MapFlags.WriteOnlyProgram, entries: 1),
            Text("text", "value %d\n"), Text("texts", "two", entries: 2), Text("words", "%s %u\n"), Text("unended", "0123456789abcdef"),
            Typed("locks", MapType.Hash, key, locked, 24, lockField), Typed("lock", MapType.Array, key, locked, 24, lockField),
            Typed("timers", MapType.Array, key, timed, 24, timerField), Typed("other_timers", MapType.Array, key, timed, 24, timerField),
            Typed("works", MapType.Array, key, queued, 24, new MapFieldSpec(MapFieldKind.WorkQueue, 8, 16)),
            // An array of programs belongs to the type of the first program that uses it: each type has its own.
            .. Enum.GetValues<ProgramType>().Select(type => Spec(CallsOf(type), MapType.ProgramArray, 4, 4)),
        ];
    }

    /// <summary>The index of a map by its name; <c>calls</c> is the array of programs of a type.</summary>
    public static int? IndexOf(string name, ProgramType type)
    {
        string wanted = name == "calls" ? CallsOf(type) : name;
        for (int i = 0; i < All.Count; i++)
        {
            if (All[i].Name == wanted)
                return i;
        }
        return null;
    }

    private static string CallsOf(ProgramType type) => $"calls{(int)type}";

    private static MapSpec Spec(string name, MapType type, uint key, uint value, MapFlags flags = MapFlags.None, uint entries = 4, MapSpec? inner = null) =>
        new() { Name = name, Type = type, KeySize = key, ValueSize = value, MaxEntries = entries, Flags = flags, InnerMap = inner };

    private static MapSpec Text(string name, string text, uint entries = 1)
    {
        byte[] value = new byte[16];
        System.Text.Encoding.ASCII.GetBytes(text, value);
        MapSpec map = Spec(name, MapType.Array, 4, 16, MapFlags.ReadOnlyProgram, entries);
        map.Freeze = true;
        map.Entries.Add(new MapEntrySpec(new byte[4], value));
        return map;
    }

    private static MapSpec Typed(string name, MapType type, int key, int value, uint size, MapFieldSpec field)
    {
        var map = new MapSpec { Name = name, Type = type, KeySize = 4, ValueSize = size, MaxEntries = 4, KeyTypeId = key, ValueTypeId = value };
        map.SpecialFields.Add(field);
        return map;
    }
}
