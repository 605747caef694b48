using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine;

public abstract partial class Map
{
    /// <summary>Makes a map in this process's memory.</summary>
    /// <param name="spec">What to make. A data section's bytes are copied; <see cref="MapSpec.Entries"/> are not put in.</param>
    /// <param name="cpus">CPUs a per-CPU map has values for: at least 1, more than any CPU number programs run with.</param>
    /// <exception cref="UnsupportedFeatureException">Maps of this type are only in the kernel.</exception>
    /// <exception cref="MapException">The kernel would refuse the spec, with its error number; or memory is short (ENOMEM).</exception>
    public static Map Create(MapSpec spec, int cpus = 1)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentOutOfRangeException.ThrowIfLessThan(cpus, 1);
        if (MapRules.Check(spec) is { } refusal)
            throw new MapException(spec.Name, "create", refusal.Errno, refusal.Reason);
        if (spec.Data is { } data && (spec.Type != MapType.Array || (uint)data.Length > spec.ValueSize))
            throw new MapException(spec.Name, "create", Engine.Errno.EINVAL, "a data section is an array whose value holds the section's bytes");
        try
        {
            Map map = Allocate(spec, cpus);
            map.Handle = MapHandles.Add(map);
            return map;
        }
        catch (Exception cause) when (cause is OutOfMemoryException or OverflowException)
        {
            string reason = $"{spec.MaxEntries} elements of {spec.KeySize} + {spec.ValueSize} bytes do not fit in memory: lower max_entries";
            throw new MapException(spec.Name, "create", Engine.Errno.ENOMEM, reason);
        }
    }

    private static Map Allocate(MapSpec spec, int cpus) => spec.Type switch
    {
        MapType.Array => new ArrayMap(spec, cpus),
        MapType.PerCpuArray => new PerCpuArrayMap(spec, cpus),
        MapType.Hash => HashMaps.Create(spec, cpus, perCpu: false, evicts: false),
        MapType.PerCpuHash => HashMaps.Create(spec, cpus, perCpu: true, evicts: false),
        MapType.LruHash => HashMaps.Create(spec, cpus, perCpu: false, evicts: true),
        MapType.LruPerCpuHash => HashMaps.Create(spec, cpus, perCpu: true, evicts: true),
        MapType.ProgramArray => new ProgramArrayMap(spec, cpus),
        MapType.LpmTrie => new LpmTrieMap(spec, cpus),
        MapType.ArrayOfMaps => new ArrayOfMaps(spec, cpus),
        MapType.HashOfMaps => HashMaps.CreateOfMaps(spec, cpus),
        MapType.DevMap => new DevMap(spec, cpus),
        MapType.DevMapHash => new DevMapHash(spec, cpus),
        MapType.CpuMap => new CpuMap(spec, cpus),
        MapType.XskMap => new XskMap(spec, cpus),
        MapType.Queue or MapType.Stack => new QueueMap(spec, cpus),
        MapType.BloomFilter => new BloomFilterMap(spec, cpus),
        MapType.RingBuffer => new RingBufferMap(spec, cpus),
        MapType.UserRingBuffer => new UserRingBufferMap(spec, cpus),
        MapType.PerfEventArray => new PerfEventArrayMap(spec, cpus),
        _ => throw new UnsupportedFeatureException($"map '{spec.Name}'", $"a map of type {spec.Type}", "it is only in the kernel"),
    };
}
