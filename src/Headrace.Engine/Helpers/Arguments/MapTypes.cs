using Headrace.Bytecode;

namespace Headrace.Engine;

/// <summary>Sets of map types as bits, <c>1 &lt;&lt; type</c>: which maps a helper takes (kernel/bpf/verifier.c, <c>check_map_func_compatibility</c>).</summary>
internal static class MapTypes
{
    public const ulong Any = ulong.MaxValue;

    public const ulong Arrays = 1ul << (int)MapType.Array | 1ul << (int)MapType.PerCpuArray;

    public const ulong Hashes = 1ul << (int)MapType.Hash | 1ul << (int)MapType.PerCpuHash | 1ul << (int)MapType.LruHash
        | 1ul << (int)MapType.LruPerCpuHash;

    public const ulong OfMaps = 1ul << (int)MapType.ArrayOfMaps | 1ul << (int)MapType.HashOfMaps;

    public const ulong DevMaps = 1ul << (int)MapType.DevMap | 1ul << (int)MapType.DevMapHash;

    public const ulong CpuMap = 1ul << (int)MapType.CpuMap;

    public const ulong XskMap = 1ul << (int)MapType.XskMap;

    public const ulong Queues = 1ul << (int)MapType.Queue | 1ul << (int)MapType.Stack;

    public const ulong BloomFilter = 1ul << (int)MapType.BloomFilter;

    public const ulong PerCpu = 1ul << (int)MapType.PerCpuArray | 1ul << (int)MapType.PerCpuHash | 1ul << (int)MapType.LruPerCpuHash;

    public const ulong LpmTrie = 1ul << (int)MapType.LpmTrie;

    public const ulong RingBuffer = 1ul << (int)MapType.RingBuffer;

    public const ulong UserRingBuffer = 1ul << (int)MapType.UserRingBuffer;

    public const ulong PerfEventArray = 1ul << (int)MapType.PerfEventArray;

    public const ulong ProgramArray = 1ul << (int)MapType.ProgramArray;

    /// <summary>Elements can be added and removed by programs.</summary>
    public const ulong Changeable = Arrays | Hashes | LpmTrie;

    /// <summary>Elements can be looked up by programs.</summary>
    public const ulong Searchable = Changeable | OfMaps | DevMaps | XskMap;

    /// <summary>Elements can be walked over by programs.</summary>
    public const ulong Walkable = Arrays | Hashes;

    /// <summary>Packets can be redirected through it.</summary>
    public const ulong Redirects = DevMaps | CpuMap | XskMap;

    /// <summary>True when the set holds the type.</summary>
    public static bool Holds(ulong set, MapType type) => (set >> (int)type & 1) != 0;
}
