using System.Numerics;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>What <c>BPF_MAP_CREATE</c> asks of a map's parameters, type by type, with its error numbers (Linux 6.18).</summary>
internal static class MapRules
{
    private const MapFlags ProgramAccess = MapFlags.ReadOnlyProgram | MapFlags.WriteOnlyProgram;
    private const MapFlags UserAccess = MapFlags.ReadOnly | MapFlags.WriteOnly;
    private const MapFlags Access = ProgramAccess | UserAccess;

    // The kernel takes elements from kmalloc, whose largest block is 4 MiB on x86-64; an element's header there has 48 bytes.
    private const uint LargestBlock = 4 << 20;
    private const uint HashHeader = 48;
    private const uint LargestPerCpuValue = 32 << 10; // PCPU_MIN_UNIT_SIZE, include/linux/percpu.h
    private const uint MostCpus = 256; // CONFIG_NR_CPUS is the kernel's limit; distributions choose 256 to 8192
    private const uint PageSize = 4096;

    /// <summary>Null when the kernel would make the map.</summary>
    public static MapRefusal? Check(MapSpec spec) => CheckCommon(spec) ?? CheckType(spec) ?? MapFieldRules.Check(spec);

    private static MapRefusal? CheckCommon(MapSpec spec)
    {
        if (spec.Extra != 0 && spec.Type is not (MapType.BloomFilter or MapType.Arena))
            return Invalid("only bloom filters and arenas take map_extra");
        if ((spec.Flags & UserAccess) == UserAccess)
            return Invalid("read-only and write-only for user space exclude each other");
        if ((spec.Flags & MapFlags.NumaNode) != 0 && spec.NumaNode != 0)
            return Invalid($"there is no NUMA node {spec.NumaNode} in user space: use node 0 or leave the flag out");
        return null;
    }

    private static MapRefusal? CheckType(MapSpec spec) => spec.Type switch
    {
        MapType.Array => CheckArray(spec, MapFlags.Mmapable | MapFlags.InnerMap),
        MapType.PerCpuArray => CheckArray(spec, MapFlags.None),
        MapType.ProgramArray => CheckDescriptorArray(spec, MapFlags.None),
        MapType.PerfEventArray => CheckDescriptorArray(spec, MapFlags.PreserveElements),
        MapType.ArrayOfMaps => CheckDescriptorArray(spec, MapFlags.None) ?? CheckInner(spec),
        MapType.Hash or MapType.PerCpuHash or MapType.LruHash or MapType.LruPerCpuHash => CheckHash(spec),
        MapType.HashOfMaps => spec.ValueSize != 4 ? Invalid("values of a map of maps have 4 bytes") : CheckHash(spec) ?? CheckInner(spec),
        MapType.LpmTrie => CheckTrie(spec),
        MapType.DevMap or MapType.DevMapHash => CheckDevMap(spec),
        MapType.CpuMap => CheckCpuMap(spec),
        MapType.XskMap => CheckKeyed(spec, MapFlags.NumaNode | UserAccess, 4),
        MapType.Queue or MapType.Stack => CheckQueue(spec),
        MapType.BloomFilter => CheckBloom(spec),
        MapType.RingBuffer or MapType.UserRingBuffer => CheckRing(spec),
        _ => null, // Map.Create says that the type is only in the kernel
    };

    private static MapRefusal? CheckArray(MapSpec spec, MapFlags allowed)
    {
        bool perCpu = spec.Type == MapType.PerCpuArray;
        if (perCpu && (spec.Flags & MapFlags.NumaNode) != 0)
            return Invalid("a per-CPU map takes no NUMA node");
        if (spec.KeySize != 4)
            return Invalid($"keys of an array have 4 bytes, not {spec.KeySize}");
        if (spec.ValueSize == 0 || (spec.MaxEntries == 0 && spec.Type != MapType.PerfEventArray))
            return Invalid("value size and max_entries must not be 0");
        MapRefusal? flags = CheckFlags(spec, allowed | MapFlags.NumaNode | Access);
        if (flags is not null)
            return flags;
        if (spec.ValueSize > int.MaxValue)
            return TooBig($"a value of {spec.ValueSize} bytes is larger than 2 GiB");
        return perCpu ? CheckPerCpuValue(spec) : null;
    }

    private static MapRefusal? CheckDescriptorArray(MapSpec spec, MapFlags allowed)
    {
        if (spec.ValueSize != 4)
            return Invalid($"values of a {spec.Type} map have 4 bytes, not {spec.ValueSize}");
        return (spec.Flags & ProgramAccess) != 0
            ? Invalid($"a {spec.Type} map takes no access flags for programs")
            : CheckArray(spec, allowed);
    }

    private static MapRefusal? CheckHash(MapSpec spec)
    {
        bool lru = spec.Type is MapType.LruHash or MapType.LruPerCpuHash;
        bool perCpu = spec.Type is MapType.PerCpuHash or MapType.LruPerCpuHash;
        const MapFlags allowed = MapFlags.NoPrealloc | MapFlags.NoCommonLru | MapFlags.NumaNode | MapFlags.ZeroSeed | Access;
        if (CheckFlags(spec, allowed) is { } flags)
            return flags;
        if (!lru && (spec.Flags & MapFlags.NoCommonLru) != 0)
            return Invalid("only LRU maps take BPF_F_NO_COMMON_LRU");
        if (lru && (spec.Flags & MapFlags.NoPrealloc) != 0)
            return new(Errno.ENOTSUPP, "LRU maps are always preallocated: leave BPF_F_NO_PREALLOC out");
        if ((spec.Flags & MapFlags.NumaNode) != 0 && (perCpu || (spec.Flags & MapFlags.NoCommonLru) != 0))
            return Invalid("a per-CPU map or LRU list takes no NUMA node");
        if (spec.KeySize == 0 || spec.ValueSize == 0 || spec.MaxEntries == 0)
            return Invalid("key size, value size and max_entries must not be 0");
        if ((ulong)spec.KeySize + spec.ValueSize >= LargestBlock - HashHeader)
            return TooBig($"key and value of {(ulong)spec.KeySize + spec.ValueSize} bytes are more than an element may have (4 MiB)");
        if (perCpu && CheckPerCpuValue(spec) is { } value)
            return value;
        return spec.MaxEntries > 1u << 31 ? TooBig("a hash map holds at most 2^31 elements") : null;
    }

    private static MapRefusal? CheckTrie(MapSpec spec)
    {
        const uint longestData = 256;
        if ((spec.Flags & MapFlags.NoPrealloc) == 0)
            return Invalid("LPM tries ask for BPF_F_NO_PREALLOC");
        if (CheckFlags(spec, MapFlags.NoPrealloc | MapFlags.NumaNode | Access) is { } flags)
            return flags;
        if (spec.KeySize < 5 || spec.KeySize > 4 + longestData)
            return Invalid($"keys of an LPM trie have a 4-byte prefix length and 1 to {longestData} bytes, not {spec.KeySize} in all");
        if (spec.MaxEntries == 0 || spec.ValueSize == 0)
            return Invalid("value size and max_entries must not be 0");
        const uint header = 40; // of the kernel's node
        return spec.ValueSize > LargestBlock - longestData - header ? Invalid($"a value of {spec.ValueSize} bytes is too large") : null;
    }

    private static MapRefusal? CheckDevMap(MapSpec spec)
    {
        if (CheckKeyed(spec, MapFlags.NumaNode | UserAccess, 4, 8) is { } refusal)
            return refusal;
        return spec.Type == MapType.DevMapHash && spec.MaxEntries > 1u << 31 ? Invalid("a hash map holds at most 2^31 elements") : null;
    }

    private static MapRefusal? CheckCpuMap(MapSpec spec)
    {
        if (CheckKeyed(spec, MapFlags.NumaNode, 4, 8) is { } refusal)
            return refusal;
        return spec.MaxEntries > MostCpus ? TooBig($"a cpumap has at most {MostCpus} entries, not {spec.MaxEntries}") : null;
    }

    private static MapRefusal? CheckQueue(MapSpec spec)
    {
        if (spec.KeySize != 0)
            return Invalid($"a {spec.Type} map has no keys: key size must be 0");
        if (spec.ValueSize == 0 || spec.MaxEntries == 0)
            return Invalid("value size and max_entries must not be 0");
        if (CheckFlags(spec, MapFlags.NumaNode | Access) is { } flags)
            return flags;
        return spec.ValueSize > LargestBlock ? TooBig($"a value of {spec.ValueSize} bytes is larger than 4 MiB") : null;
    }

    private static MapRefusal? CheckBloom(MapSpec spec)
    {
        if (spec.ValueSize > LargestBlock)
            return TooBig($"a value of {spec.ValueSize} bytes is larger than 4 MiB");
        if (spec.KeySize != 0)
            return Invalid("a bloom filter has no keys: key size must be 0");
        if (spec.ValueSize == 0 || spec.MaxEntries == 0)
            return Invalid("value size and max_entries must not be 0");
        if (spec.Extra > 15)
            return Invalid($"map_extra is the number of hash functions, 0 (for 5) to 15, not {spec.Extra}");
        return CheckFlags(spec, MapFlags.NumaNode | MapFlags.ZeroSeed | Access);
    }

    private static MapRefusal? CheckRing(MapSpec spec)
    {
        if (CheckFlags(spec, MapFlags.NumaNode) is { } flags)
            return flags;
        if (spec.KeySize != 0 || spec.ValueSize != 0)
            return Invalid("a ring buffer has neither keys nor values: both sizes must be 0");
        return !BitOperations.IsPow2(spec.MaxEntries) || spec.MaxEntries < PageSize
            ? Invalid($"max_entries of a ring buffer is its size in bytes: a power of two and whole pages, not {spec.MaxEntries}")
            : null;
    }

    private static MapRefusal? CheckInner(MapSpec spec)
    {
        if (spec.InnerMap is not { } inner)
            return new(Errno.EBADF, "a map of maps needs the template of its inner maps");
        if (inner.Type is MapType.ArrayOfMaps or MapType.HashOfMaps)
            return Invalid("a map of maps of maps does not exist");
        return Check(inner) is { } refusal ? new(refusal.Errno, $"inner map: {refusal.Reason}") : null;
    }

    private static MapRefusal? CheckKeyed(MapSpec spec, MapFlags allowed, uint valueSize, uint otherSize = 0)
    {
        if (spec.KeySize != 4)
            return Invalid($"keys of a {spec.Type} map have 4 bytes, not {spec.KeySize}");
        if (spec.ValueSize != valueSize && (otherSize == 0 || spec.ValueSize != otherSize))
            return Invalid($"values of a {spec.Type} map have {valueSize}{(otherSize == 0 ? "" : $" or {otherSize}")} bytes, not {spec.ValueSize}");
        return spec.MaxEntries == 0 ? Invalid("max_entries must not be 0") : CheckFlags(spec, allowed);
    }

    private static MapRefusal? CheckPerCpuValue(MapSpec spec) => ((ulong)spec.ValueSize + 7 & ~7UL) > LargestPerCpuValue
        ? TooBig($"a per-CPU value of {spec.ValueSize} bytes is larger than 32 KiB")
        : null;

    private static MapRefusal? CheckFlags(MapSpec spec, MapFlags allowed)
    {
        if ((spec.Flags & ~allowed) != 0)
            return Invalid($"a {spec.Type} map takes no flag {spec.Flags & ~allowed}");
        return (spec.Flags & ProgramAccess) == ProgramAccess
            ? Invalid("read-only and write-only for programs exclude each other")
            : null;
    }

    private static MapRefusal Invalid(string reason) => new(Errno.EINVAL, reason);

    private static MapRefusal TooBig(string reason) => new(Errno.E2BIG, reason);
}
