using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>Chooses the specialisation of a hash map for a spec.</summary>
internal static class HashMaps
{
    /// <summary>Bytes of elements from which on a table keeps them in its buckets, where they are small: what a second-level cache holds.</summary>
    public const ulong NearFrom = 1 << 20;

    /// <param name="spec">The accepted spec.</param>
    /// <param name="cpus">CPUs.</param>
    /// <param name="perCpu">One value a CPU.</param>
    /// <param name="evicts">A full map lets old elements go.</param>
    /// <param name="near">Elements in the buckets, whatever the table's size; null to let size decide.</param>
    public static Map Create(MapSpec spec, int cpus, bool perCpu, bool evicts, bool? near = null) => evicts
        ? Create<EvictWhenFull>(spec, cpus, perCpu, near)
        : Create<RefuseWhenFull>(spec, cpus, perCpu, near);

    public static Map CreateOfMaps(MapSpec spec, int cpus) => spec.KeySize switch
    {
        4 => new HashOfMaps<Key4>(spec, cpus),
        8 => new HashOfMaps<Key8>(spec, cpus),
        16 => new HashOfMaps<Key16>(spec, cpus),
        _ => new HashOfMaps<KeyAny>(spec, cpus),
    };

    private static Map Create<TFull>(MapSpec spec, int cpus, bool perCpu, bool? near) where TFull : struct, IWhenFull => spec.KeySize switch
    {
        4 => Create<Key4, TFull>(spec, cpus, perCpu, near),
        8 => Create<Key8, TFull>(spec, cpus, perCpu, near),
        16 => Create<Key16, TFull>(spec, cpus, perCpu, near),
        20 => Create<Key20, TFull>(spec, cpus, perCpu, near),
        40 => Create<Key40, TFull>(spec, cpus, perCpu, near),
        _ => Create<KeyAny, TFull>(spec, cpus, perCpu, near),
    };

    private static Map Create<TKey, TFull>(MapSpec spec, int cpus, bool perCpu, bool? near)
        where TKey : struct, IKey<TKey>
        where TFull : struct, IWhenFull
    {
        if (perCpu)
            return new PerCpuHashMap<TKey, TFull>(spec, cpus);
        return near ?? HashTable<TKey>.ShouldBeNear(checked((int)spec.KeySize), checked((int)spec.ValueSize), spec.MaxEntries)
            ? new HashMap<TKey, TFull, NearSlots>(spec, cpus)
            : new HashMap<TKey, TFull, ArenaSlots>(spec, cpus);
    }
}
