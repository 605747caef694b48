using System.Buffers.Binary;
using Headrace.Bytecode;
using Headrace.Linux.Tests.Differential;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Maps;

/// <summary>Random sequences of operations on our maps and the kernel's: error numbers, values, counts and contents agree.</summary>
public sealed class MapSequenceTests(ITestOutputHelper output)
{
    private const int MapsPerType = 40;
    private const int Operations = 400;

    [Theory]
    [InlineData(MapType.Array)]
    [InlineData(MapType.PerCpuArray)]
    [InlineData(MapType.Hash)]
    [InlineData(MapType.PerCpuHash)]
    [InlineData(MapType.LruHash)]
    [InlineData(MapType.LruPerCpuHash)]
    [InlineData(MapType.LpmTrie)]
    [InlineData(MapType.DevMap)]
    [InlineData(MapType.DevMapHash)]
    [InlineData(MapType.CpuMap)]
    [InlineData(MapType.XskMap)]
    [InlineData(MapType.Queue)]
    [InlineData(MapType.Stack)]
    [InlineData(MapType.BloomFilter)]
    [InlineData(MapType.RingBuffer)]
    [InlineData(MapType.UserRingBuffer)]
    [InlineData(MapType.PerfEventArray)]
    public void A_sequence_of_operations_has_the_kernels_answers(MapType type)
    {
        RequiresKernel.OrSkip();
        ulong seed = MapDuel.Seed(output);
        var random = new SeededRandom(seed);
        for (int i = 0; i < MapsPerType; i++)
        {
            MapSpec spec = RandomSpecs.Plausible(random, type);
            using var duel = new MapDuel(spec, seed);
            for (int step = 0; step < Operations; step++)
                Step(random, duel, spec);
            duel.WalkKeysOrNothing(spec);
        }
    }

    private static void Step(SeededRandom random, MapDuel duel, MapSpec spec)
    {
        byte[] key = Key(random, spec);
        bool ordered = IsOrdered(spec.Type);
        switch (random.Below(16))
        {
            case 0 or 1 or 2 or 3 or 4 when spec.Type == MapType.XskMap:
                // The kernel wants a socket here, we any number: only what is refused before the value is looked at can agree.
                BinaryPrimitives.WriteUInt32LittleEndian(key, spec.MaxEntries + (uint)random.Below(2));
                duel.Update(key, Value(random, spec, duel.ValueSize), Flags(random));
                break;
            case 0 or 1 or 2 or 3 or 4:
                duel.Update(key, Value(random, spec, duel.ValueSize), Flags(random));
                break;
            case 5 or 6 or 7:
                duel.Lookup(key, Value(random, spec, duel.ValueSize), random.OneIn(10) ? Flags(random) : 0);
                break;
            case 8 or 9:
                duel.Delete(key);
                break;
            case 10:
                duel.NextKey(random.OneIn(4) && spec.KeySize != 0 ? [] : key, ordered);
                break;
            case 11:
                duel.LookupAndDelete(key, new byte[duel.ValueSize], random.OneIn(8) ? Flags(random) : 0);
                break;
            case 12 when spec.KeySize != 0:
                // Hash maps of the kernel hand out whole buckets and refuse (ENOSPC) a count smaller than the next one.
                duel.WalkBatches(random.OneIn(12) ? 0 : ordered ? (uint)random.Between(1, 20) : 4096, random.OneIn(8), random.OneIn(8) ? Flags(random) : 0, ordered);
                break;
            case 13 when spec.KeySize != 0:
                UpdateSome(random, duel, spec);
                break;
            case 14 when spec.KeySize != 0:
                uint count = (uint)random.Below(4);
                duel.DeleteBatch([.. Enumerable.Range(0, (int)count).SelectMany(_ => Key(random, spec))], count);
                break;
            case 15 when random.OneIn(200):
                duel.Freeze();
                break;
            default:
                break;
        }
    }

    private static void UpdateSome(SeededRandom random, MapDuel duel, MapSpec spec)
    {
        uint count = (uint)random.Below(5);
        byte[] keys = [.. Enumerable.Range(0, (int)count).SelectMany(_ => Key(random, spec))];
        byte[] values = [.. Enumerable.Range(0, (int)count).SelectMany(_ => Value(random, spec, duel.ValueSize))];
        duel.UpdateBatch(keys, values, count, random.OneIn(8) ? Flags(random) : 0);
    }

    /// <summary>Few different keys, so that operations meet: a number in the key's first byte or spread over it.</summary>
    private static byte[] Key(SeededRandom random, MapSpec spec)
    {
        byte[] key = new byte[spec.KeySize];
        int number = random.Below((int)Math.Min(spec.MaxEntries + 3, 60));
        if (spec.Type == MapType.LpmTrie)
        {
            int bits = (key.Length - 4) * 8;
            BinaryPrimitives.WriteUInt32LittleEndian(key, random.OneIn(15) ? (uint)(bits + random.Below(3)) : (uint)random.Below(bits + 1));
            for (int i = 4; i < key.Length; i++)
                key[i] = random.Pick<byte>([0, 0x80, 0xc0, 0xff]);
            return key;
        }
        if (key.Length == 4 && random.OneIn(30))
            BinaryPrimitives.WriteUInt32LittleEndian(key, random.Pick<uint>([uint.MaxValue, 1u << 31, spec.MaxEntries]));
        else if (key.Length != 0)
            key[number % 2 == 0 || spec.Type is not (MapType.Hash or MapType.LruHash) ? 0 : key.Length - 1] = (byte)number;
        return key;
    }

    private static byte[] Value(SeededRandom random, MapSpec spec, int size)
    {
        byte[] value = random.Bytes(size);
        switch (spec.Type)
        {
            case MapType.DevMap or MapType.DevMapHash:
                // Interface 1 is the loopback, which is always there.
                BinaryPrimitives.WriteUInt32LittleEndian(value, (uint)random.Below(2));
                break;
            case MapType.CpuMap:
                BinaryPrimitives.WriteInt32LittleEndian(value, random.Pick<int>([0, 1, 8, 192, 16384, 16385, -1]));
                break;
            case MapType.XskMap or MapType.PerfEventArray:
                return [0xff, 0xff, 0xff, 0x7f]; // no descriptor
            case MapType.BloomFilter or MapType.Queue or MapType.Stack:
                value.AsSpan(1).Clear();
                break;
            default:
                break;
        }
        if (spec.Type is MapType.DevMap or MapType.DevMapHash or MapType.CpuMap && size == 8)
            BinaryPrimitives.WriteInt32LittleEndian(value.AsSpan(4), random.Pick<int>([0, 0, -1, 0x7fff_ffff]));
        return value;
    }

    private static ulong Flags(SeededRandom random) =>
        random.OneIn(3) ? random.Pick<ulong>([1, 1, 2, 2, 3, 4, 5, 6, 8, 1UL << 32, ulong.MaxValue]) : 0;

    private static bool IsOrdered(MapType type) => type is not (MapType.Hash or MapType.PerCpuHash or MapType.LruHash
        or MapType.LruPerCpuHash or MapType.DevMapHash or MapType.HashOfMaps);
}
