using Headrace.Bytecode;
using Headrace.Linux.Tests.Differential;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Maps;

/// <summary>Draws map specs: ones the kernel accepts, for sequences of operations, and any, for creation alone.</summary>
internal static class RandomSpecs
{
    private static readonly uint[] s_keySizes = [0, 1, 2, 3, 4, 5, 7, 8, 12, 16, 20, 64, 260, 261, 512, 4096];
    private static readonly uint[] s_valueSizes = [0, 1, 3, 4, 7, 8, 12, 16, 40, 64, 1000, 32768, 32769, 100_000];
    private static readonly uint[] s_counts = [0, 1, 2, 3, 5, 16, 100, 256, 257, 1000, 4096, 8192, 10_000];

    /// <summary>A spec of a type that may well be refused, with at most one parameter out of all proportion.</summary>
    public static MapSpec Any(SeededRandom random, MapType type)
    {
        MapSpec spec = Plausible(random, type);
        for (int wrong = random.Below(4); wrong > 0; wrong--)
        {
            switch (random.Below(5))
            {
                case 0: spec.KeySize = random.Pick<uint>(s_keySizes); break;
                case 1: spec.ValueSize = random.Pick<uint>(s_valueSizes); break;
                case 2: spec.MaxEntries = random.Pick<uint>(s_counts); break;
                // Bits 15 and 16 ask for more descriptors than a spec has.
                case 3: spec.Flags |= (MapFlags)((1u << random.Below(20)) & ~(3u << 15)); break;
                default: spec.Extra = (ulong)random.Below(20); break;
            }
        }
        if (random.OneIn(6))
            Exaggerate(random, spec);
        return spec;
    }

    /// <summary>A spec the kernel accepts, with few elements, so that maps fill up.</summary>
    public static MapSpec Plausible(SeededRandom random, MapType type)
    {
        bool hash = type is MapType.Hash or MapType.PerCpuHash or MapType.LruHash or MapType.LruPerCpuHash;
        bool lru = type is MapType.LruHash or MapType.LruPerCpuHash;
        bool ring = type is MapType.RingBuffer or MapType.UserRingBuffer;
        bool queue = type is MapType.Queue or MapType.Stack or MapType.BloomFilter;
        bool four = type is MapType.ProgramArray or MapType.PerfEventArray or MapType.ArrayOfMaps or MapType.HashOfMaps or MapType.XskMap;
        bool targets = type is MapType.DevMap or MapType.DevMapHash or MapType.CpuMap;
        MapFlags flags = MapFlags.None;
        if (type == MapType.LpmTrie || (hash && !lru && random.OneIn(2)))
            flags |= MapFlags.NoPrealloc;
        if ((hash || type == MapType.BloomFilter) && random.OneIn(4))
            flags |= MapFlags.ZeroSeed;
        if (lru && random.OneIn(3))
            flags |= MapFlags.NoCommonLru;
        if (!ring && type != MapType.CpuMap && random.OneIn(8))
            flags |= random.OneIn(2) ? MapFlags.ReadOnly : MapFlags.WriteOnly;
        if (!ring && !four && !targets && random.OneIn(6))
            flags |= random.OneIn(2) ? MapFlags.ReadOnlyProgram : MapFlags.WriteOnlyProgram;
        return new MapSpec
        {
            Name = "duel",
            Type = type,
            KeySize = hash || type == MapType.HashOfMaps ? random.Pick<uint>([1, 3, 4, 5, 8, 12, 16, 20, 64])
                : type == MapType.LpmTrie ? random.Pick<uint>([5, 6, 8, 12, 16, 20, 31])
                : queue || ring ? 0u : 4,
            ValueSize = ring ? 0 : four ? 4 : targets ? random.Pick<uint>([4, 8]) : random.Pick<uint>([1, 3, 4, 7, 8, 12, 16, 40, 64]),
            MaxEntries = ring ? 4096u << random.Below(3) : lru ? 2048 : random.Pick<uint>([1, 2, 3, 5, 8, 16, 33, 64]),
            Flags = flags,
            Extra = type == MapType.BloomFilter ? (ulong)random.Below(16) : 0,
            InnerMap = type is MapType.ArrayOfMaps or MapType.HashOfMaps
                ? new MapSpec { Name = "inner", Type = MapType.Hash, KeySize = 4, ValueSize = 8, MaxEntries = 4 }
                : null,
        };
    }

    /// <summary>A short text for failures.</summary>
    public static string Describe(MapSpec spec) =>
        $"{spec.Type} key={spec.KeySize} value={spec.ValueSize} max={spec.MaxEntries} flags={spec.Flags} ({(uint)spec.Flags:x}) extra={spec.Extra}";

    // The other parameters become small, so that neither side runs out of memory where the other does not.
    private static void Exaggerate(SeededRandom random, MapSpec spec)
    {
        bool ring = spec.Type is MapType.RingBuffer or MapType.UserRingBuffer;
        switch (random.Below(2))
        {
            case 0:
                spec.MaxEntries = Math.Min(spec.MaxEntries, 2);
                spec.ValueSize = random.Pick<uint>([4 << 20, (4 << 20) - 48 - 4, (4 << 20) - 48 - 5, (4 << 20) + 1, int.MaxValue, 1u << 31, uint.MaxValue]);
                if (spec.Type == MapType.Array && spec.ValueSize == int.MaxValue)
                    spec.ValueSize = 1u << 31; // 2 GiB for nothing
                break;
            default:
                spec.KeySize = ring ? 1 : random.Pick<uint>([(4 << 20) - 60, 4 << 20, 1u << 31, uint.MaxValue]);
                spec.MaxEntries = Math.Min(spec.MaxEntries, 2);
                break;
        }
    }
}
