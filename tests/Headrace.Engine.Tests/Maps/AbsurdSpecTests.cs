using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine.Tests;

/// <summary>Maps of sizes that nobody has memory for: refused, or made without touching what they might hold.</summary>
/// <remarks>Alone: what is measured, memory and processor time, is the whole process's.</remarks>
[Collection(nameof(AbsurdSpecTests))]
[CollectionDefinition(nameof(AbsurdSpecTests), DisableParallelization = true)]
public class AbsurdSpecTests
{
    private const long MostMemory = 256L << 20;

    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10);

    public static TheoryData<MapType, uint, uint, uint> Specs()
    {
        var data = new TheoryData<MapType, uint, uint, uint>();
        (MapType Type, uint Key, uint Value)[] shapes =
        [
            (MapType.Array, 4, 8), (MapType.Array, 4, int.MaxValue), (MapType.PerCpuArray, 4, 32768), (MapType.Hash, 4, 8), (MapType.Hash, 512, 4 << 20),
            (MapType.LruHash, 4, 8), (MapType.PerCpuHash, 4, 8), (MapType.LruPerCpuHash, 4, 8), (MapType.LpmTrie, 8, 8), (MapType.ProgramArray, 4, 4),
            (MapType.PerfEventArray, 4, 4), (MapType.DevMap, 4, 4), (MapType.DevMapHash, 4, 4), (MapType.CpuMap, 4, 4), (MapType.XskMap, 4, 4),
            (MapType.Queue, 0, 8), (MapType.Stack, 0, 8), (MapType.BloomFilter, 0, 8), (MapType.RingBuffer, 0, 0),
        ];
        foreach (uint entries in (uint[])[1u << 24, 1u << 30, 1u << 31, uint.MaxValue])
        {
            foreach ((MapType type, uint key, uint value) in shapes)
                data.Add(type, key, value, entries);
        }
        return data;
    }

    [Theory, MemberData(nameof(Specs))]
    public void Is_refused_or_costs_what_it_holds(MapType type, uint keySize, uint valueSize, uint entries)
    {
        MapFlags flags = type == MapType.LpmTrie ? MapFlags.NoPrealloc : MapFlags.None;
        long before = Environment.WorkingSet;
        TimeSpan used = Environment.CpuUsage.TotalTime;
        try
        {
            using Map map = Map.Create(new MapSpec { Name = "absurd", Type = type, KeySize = keySize, ValueSize = valueSize, MaxEntries = entries, Flags = flags }, cpus: 2);
            Assert.InRange(Environment.WorkingSet - before, long.MinValue, MostMemory);
        }
        catch (MapException refusal)
        {
            Assert.Contains(refusal.Errno, new[] { Engine.Errno.ENOMEM, Engine.Errno.EINVAL, Engine.Errno.E2BIG });
        }
        Assert.InRange(Environment.CpuUsage.TotalTime - used, TimeSpan.Zero, s_longest);
    }
}
