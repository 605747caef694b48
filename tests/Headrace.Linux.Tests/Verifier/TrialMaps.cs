using Headrace.Bytecode;
using Headrace.Objects;
using Headrace.Verifier;

namespace Headrace.Linux.Tests.Verifier;

/// <summary>One map of each kind, for programs that only need to be verified; made once in the kernel.</summary>
internal sealed class TrialMaps : IDisposable
{
    private TrialMaps(List<MapSpec> specs, List<KernelMap> maps) => (Specs, Maps) = (specs, maps);

    public IReadOnlyList<MapSpec> Specs { get; }

    public IReadOnlyList<KernelMap> Maps { get; }

    public static TrialMaps Create()
    {
        var text = new MapSpec
        {
            Name = "text",
            Type = MapType.Array,
            KeySize = 4,
            ValueSize = 16,
            MaxEntries = 1,
            Flags = MapFlags.ReadOnlyProgram,
            Freeze = true,
        };
        text.Entries.Add(new MapEntrySpec(new byte[4], [.. "value %d\n"u8, .. new byte[7]]));
        List<MapSpec> specs =
        [
            Spec("hash", MapType.Hash, 4, 8), Spec("array", MapType.Array, 4, 8), Spec("calls", MapType.ProgramArray, 4, 4),
            Spec("events", MapType.PerfEventArray, 4, 4), Spec("percpu_hash", MapType.PerCpuHash, 4, 8), Spec("percpu_array", MapType.PerCpuArray, 4, 8),
            Spec("traces", MapType.StackTrace, 4, 8), Spec("groups", MapType.CgroupArray, 4, 4), Spec("lru", MapType.LruHash, 4, 8),
            Spec("lru_percpu", MapType.LruPerCpuHash, 4, 8), Spec("routes", MapType.LpmTrie, 8, 8, MapFlags.NoPrealloc),
            Spec("devices", MapType.DevMap, 4, 4), Spec("device_hash", MapType.DevMapHash, 4, 4), Spec("sockets", MapType.SockMap, 4, 4),
            Spec("socket_hash", MapType.SockHash, 4, 4), Spec("cpus", MapType.CpuMap, 4, 4), Spec("xsks", MapType.XskMap, 4, 4),
            Spec("reuseport", MapType.ReuseportSockarray, 4, 4), Spec("queue", MapType.Queue, 0, 8), Spec("stack", MapType.Stack, 0, 8),
            Spec("ring", MapType.RingBuffer, 0, 0, entries: 4096), Spec("user_ring", MapType.UserRingBuffer, 0, 0, entries: 4096),
            Spec("bloom", MapType.BloomFilter, 0, 8), Spec("big", MapType.Array, 4, 64), text,
            new MapSpec
            {
                Name = "constants", Type = MapType.Array, KeySize = 4, ValueSize = 16, MaxEntries = 1, Flags = MapFlags.ReadOnlyProgram,
            },
            .. CallTrials.Types.Where(type => type != ProgramType.SchedCls).Select(type => Spec($"calls{(int)type}", MapType.ProgramArray, 4, 4)),
        ];
        var maps = new List<KernelMap>();
        foreach (MapSpec spec in specs)
        {
            KernelMap map = KernelMap.Create(spec);
            foreach (MapEntrySpec entry in spec.Entries)
                map.Update(entry.Key, entry.Value!);
            if (spec.Freeze)
                map.Freeze();
            maps.Add(map);
        }
        return new TrialMaps(specs, maps);
    }

    /// <summary>A map's place in the list by its name.</summary>
    public int? IndexOf(string name)
    {
        for (int i = 0; i < Specs.Count; i++)
        {
            if (Specs[i].Name == name)
                return i;
        }
        return null;
    }

    /// <summary>Headrace's verdict on a program that uses these maps.</summary>
    public VerifierResult Verify(ProgramType type, string text, AttachType attachType = default)
    {
        var collection = new CollectionSpec { Source = "trials" };
        foreach (MapSpec map in Specs)
            collection.Maps.Add(map);
        var program = new ProgramSpec
        {
            Name = "trial",
            Type = type,
            License = "GPL",
            Instructions = Assembler.Assemble(text, IndexOf),
            ExpectedAttachType = attachType,
        };
        return ProgramVerifier.Verify(collection, program);
    }

    public void Dispose()
    {
        foreach (KernelMap map in Maps)
            map.Dispose();
    }

    private static MapSpec Spec(string name, MapType type, uint key, uint value, MapFlags flags = MapFlags.None, uint entries = 4) =>
        new() { Name = name, Type = type, KeySize = key, ValueSize = value, MaxEntries = entries, Flags = flags };
}
