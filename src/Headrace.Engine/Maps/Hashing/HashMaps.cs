using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>Chooses the specialisation of a hash map for a spec.</summary>
internal static class HashMaps
{
    /// <summary>Bytes of elements from which on a table keeps them in its buckets, where they are small: what a second-level cache holds. Tests take less.</summary>
    public static ulong NearFrom { get; set; } = 1 << 20;

    public static Map Create(MapSpec spec, int cpus, bool perCpu, bool evicts) => evicts
        ? Create<EvictWhenFull>(spec, cpus, perCpu)
        : Create<RefuseWhenFull>(spec, cpus, perCpu);

    public static Map CreateOfMaps(MapSpec spec, int cpus) => spec.KeySize switch
    {
        4 => new HashOfMaps<Key4>(spec, cpus),
        8 => new HashOfMaps<Key8>(spec, cpus),
        16 => new HashOfMaps<Key16>(spec, cpus),
        _ => new HashOfMaps<KeyAny>(spec, cpus),
    };

    private static Map Create<TFull>(MapSpec spec, int cpus, bool perCpu) where TFull : struct, IWhenFull => spec.KeySize switch
    {
        4 => Create<Key4, TFull>(spec, cpus, perCpu),
        8 => Create<Key8, TFull>(spec, cpus, perCpu),
        16 => Create<Key16, TFull>(spec, cpus, perCpu),
        _ => Create<KeyAny, TFull>(spec, cpus, perCpu),
    };

    private static Map Create<TKey, TFull>(MapSpec spec, int cpus, bool perCpu)
        where TKey : struct, IKey
        where TFull : struct, IWhenFull
    {
        if (perCpu)
            return new PerCpuHashMap<TKey, TFull>(spec, cpus);
        return HashTable<TKey>.MayBeNear(checked((int)spec.KeySize), checked((int)spec.ValueSize), spec.MaxEntries)
            ? new HashMap<TKey, TFull, NearSlots>(spec, cpus)
            : new HashMap<TKey, TFull, ArenaSlots>(spec, cpus);
    }
}
