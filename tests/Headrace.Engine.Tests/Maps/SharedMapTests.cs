using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine.Tests;

/// <summary>Workers of every engine and user code on one map at once: look-ups, updates, deletes, evictions, counters.</summary>
/// <remarks>
/// As in the kernel, a program may find another key's value behind the address of an element that was deleted and used again meanwhile. It never
/// finds half a word of one and half of another, and user code, which is given copies, never another key's value nor parts of two.
/// </remarks>
public sealed class SharedMapTests
{
    private const int Packets = 64;
    private const uint Counted = 8;
    private const uint Steady = 64;

    private enum Operation : uint
    {
        Lookup,
        Update,
        Delete,
        Count,
    }

    // The packet: operation, key at 8, new value at 24, where the value found is written to at 32.
    private const string Text = """
        r6 = *(u32 *)(r1 +0)
        r7 = *(u32 *)(r1 +4)
        r2 = r6
        r2 += 40
        if r2 > r7 goto missing
        r1 = *(u64 *)(r6 +8)
        *(u64 *)(r10 -16) = r1
        r1 = *(u64 *)(r6 +16)
        *(u64 *)(r10 -8) = r1
        r1 = *(u64 *)(r6 +24)
        *(u64 *)(r10 -24) = r1
        r8 = *(u32 *)(r6 +0)
        r2 = r10
        r2 += -16
        r1 = map[shared] ll
        if r8 == 1 goto update
        if r8 == 2 goto delete
        call bpf_map_lookup_elem#1
        if r0 == 0 goto missing
        if r8 == 3 goto count
        r1 = *(u64 *)(r0 +0)
        *(u64 *)(r6 +32) = r1
        goto done
        count:
        r1 = 1
        lock *(u64 *)(r0 +0) += r1
        goto done
        update:
        r3 = r10
        r3 += -24
        r4 = 0
        call bpf_map_update_elem#2
        goto done
        delete:
        call bpf_map_delete_elem#3
        done:
        r0 = 2
        exit
        missing:
        r0 = 1
        exit
        """;

    [Theory]
    [InlineData(MapType.Hash, false)]
    [InlineData(MapType.Hash, true)]
    [InlineData(MapType.LruHash, false)]
    [InlineData(MapType.LruHash, true)]
    [InlineData(MapType.PerCpuHash, false)]
    [InlineData(MapType.LruPerCpuHash, false)]
    [InlineData(MapType.LpmTrie, false)]
    public async Task Many_threads_lose_double_and_tear_nothing(MapType type, bool near)
    {
        int seed = Random.Shared.Next();
        int bursts = Environment.GetEnvironmentVariable("HEADRACE_LONG") == "1" ? 6000 : 150;
        EngineKind[] kinds = [EngineKind.Interpreter, .. Enum.GetValues<EngineKind>().Where(kind => kind is not (EngineKind.Interpreter or EngineKind.Dataflow))];
        // Large tables keep their elements in the buckets.
        (uint room, uint keys) = near ? (1u << 16, 100_000u) : (400u, 600u);
        MapSpec shared = TestProgram.Map("shared", type, type == MapType.LpmTrie ? 8u : 16u, 8, room);
        shared.Flags = type == MapType.LpmTrie ? MapFlags.NoPrealloc : MapFlags.None;
        using var collection = Collection.Load(TestProgram.Spec(Text, maps: shared), new EngineOptions { Cpus = kinds.Length });
        Map map = collection.Maps["shared"];
        for (uint number = 0; number < (near ? room : Steady); number++)
            map.Update(KeyOf(type, number), ForAllCpus(map, number < Counted && !Evicts(type) ? 0 : ValueOf(number, 0)));

        bool stop = false;
        long[] counts = new long[kinds.Length];
        Task user = Task.Factory.StartNew(() => Use(map, type, keys, new Random(seed), () => Volatile.Read(ref stop)), TaskCreationOptions.LongRunning);
        Task[] workers = [.. kinds.Select((kind, cpu) => Task.Factory.StartNew(
            () => counts[cpu] = Work(collection.Programs["main"], kind, cpu, type, keys, new Random(seed + 1 + cpu), bursts), TaskCreationOptions.LongRunning))];
        try
        {
            await Task.WhenAll(workers);
        }
        catch (Exception failed)
        {
            throw new InvalidOperationException($"seed {seed}", failed);
        }
        finally
        {
            Volatile.Write(ref stop, true);
        }
        await user;
        if (!Evicts(type))
            CheckCounts(map, type, counts);
        CheckRest(map, type, room);
    }

    private static unsafe long Work(LoadedProgram program, EngineKind kind, int cpu, MapType type, uint keys, Random random, int bursts)
    {
        using Executor executor = program.CreateExecutor(kind, new MachineOptions { Cpu = cpu, Stages = StageChoice.All });
        using var burst = new PacketBurst(Packets);
        for (int i = 0; i < Packets; i++)
            burst.Add(new byte[64]);
        (Operation Operation, uint Number)[] asked = new (Operation, uint)[Packets];
        long counted = 0;
        for (int round = 0; round < bursts; round++)
        {
            for (int i = 0; i < Packets; i++)
                asked[i] = Ask(burst.Frames[i].Data, type, keys, random);
            executor.Run(burst.Frames, Packets);
            for (int i = 0; i < Packets; i++)
            {
                (Operation operation, uint number) = asked[i];
                bool found = burst.Frames[i].Verdict == 2;
                if (number < Steady && !Evicts(type))
                    Assert.True(found, $"{kind}: key {number} was not found");
                counted += operation == Operation.Count && found ? 1 : 0;
                if (operation != Operation.Lookup || !found)
                    continue;
                ulong value = *(ulong*)(burst.Frames[i].Data + 32);
                Assert.True(number < Steady && !Evicts(type) ? value == ValueOf(number, 0) : IsWhole(value, type), $"{kind}: key {number} has value {value:x}");
            }
        }
        return counted;
    }

    private static unsafe (Operation, uint) Ask(byte* packet, MapType type, uint keys, Random random)
    {
        uint number = Steady + (uint)random.Next((int)(keys - Steady));
        Operation operation = Operation.Lookup;
        switch (random.Next(10))
        {
            case < 2: operation = Operation.Update; break;
            case < 4: operation = Operation.Delete; break;
            case < 6:
                // Of an element that is evicted under it, a counter would count in another key's value.
                operation = Evicts(type) ? Operation.Lookup : Operation.Count;
                number = (uint)random.Next((int)Counted);
                break;
            case < 8: number = Counted + (uint)random.Next((int)(Steady - Counted)); break;
            default: break;
        }
        *(uint*)packet = (uint)operation;
        KeyOf(type, number).CopyTo(new Span<byte>(packet + 8, 16));
        *(ulong*)(packet + 24) = ValueOf(number, (uint)random.Next(1 << 16));
        *(ulong*)(packet + 32) = 0;
        return (operation, number);
    }

    private static void Use(Map map, MapType type, uint keys, Random random, Func<bool> stopped)
    {
        byte[] value = new byte[map.UserValueSize];
        while (!stopped())
        {
            uint number = Steady + (uint)random.Next((int)(keys - Steady));
            byte[] key = KeyOf(type, number);
            switch (random.Next(100))
            {
                case < 20:
                    map.Delete(key);
                    break;
                case < 40:
                    // Full maps refuse.
                    map.UpdateBatch(key, ForAllCpus(map, ValueOf(number, (uint)random.Next(1 << 16))), out _);
                    break;
                case 40:
                    foreach ((byte[] listed, byte[] held) in map.Entries())
                        CheckFound(type, NumberOf(type, listed), held);
                    break;
                default:
                    if (map.TryLookup(key, value))
                        CheckFound(type, number, value);
                    break;
            }
        }
    }

    // A trie without the prefix answers with a shorter one's value.
    private static void CheckFound(MapType type, uint number, ReadOnlySpan<byte> value)
    {
        ulong word = MemoryMarshal.Read<ulong>(value);
        CheckCopy(type, type == MapType.LpmTrie && number >= Steady ? (uint)(word >> 32) : number, value);
    }

    private static void CheckCopy(MapType type, uint number, ReadOnlySpan<byte> value)
    {
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(value))
        {
            if (number >= Counted || Evicts(type))
                Assert.True((word == 0 && IsPerCpu(type)) || (IsWhole(word, type) && word >> 32 == number), $"key {number} has value {word:x}");
        }
    }

    private static void CheckCounts(Map map, MapType type, long[] counts)
    {
        long[] sums = new long[counts.Length];
        for (uint number = 0; number < Counted; number++)
        {
            ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(map.Lookup(KeyOf(type, number)));
            for (int i = 0; i < words.Length; i++)
                sums[i] += (long)words[i];
        }
        if (IsPerCpu(type))
            Assert.Equal(counts, sums);
        else
            Assert.Equal(counts.Sum(), sums[0]);
    }

    // Nothing was lost or doubled: what is listed can be removed, and then there is room for as many as there should be.
    private static void CheckRest(Map map, MapType type, uint room)
    {
        KeyValuePair<byte[], byte[]>[] entries = [.. map.Entries()];
        Assert.Equal(entries.Length, entries.Select(entry => Convert.ToHexString(entry.Key)).Distinct().Count());
        Assert.All(entries, entry =>
        {
            CheckCopy(type, NumberOf(type, entry.Key), entry.Value);
            Assert.True(map.Delete(entry.Key));
        });
        Assert.Empty(map.Entries());
        Assert.True(entries.Length <= room);
        for (uint number = 0; number < room; number++)
            map.Update(Distinct(type, number), ForAllCpus(map, ValueOf(number, 0)));
        Assert.Equal((int)room, map.Entries().Count());
        if (!Evicts(type))
            Assert.Throws<MapException>(() => map.Update(Distinct(type, room), ForAllCpus(map, 0)));
    }

    private static bool Evicts(MapType type) => type is MapType.LruHash or MapType.LruPerCpuHash;

    private static bool IsPerCpu(MapType type) => type is MapType.PerCpuHash or MapType.LruPerCpuHash;

    // Numbers from Steady on are prefixes of 17 to 32 bits, many inside each other.
    private static byte[] KeyOf(MapType type, uint number)
    {
        byte[] key = new byte[type == MapType.LpmTrie ? 8 : 16];
        bool isSteady = number < Steady;
        BinaryPrimitives.WriteUInt32LittleEndian(key, type != MapType.LpmTrie ? number : isSteady ? 32 : 17 + number % 16);
        BinaryPrimitives.WriteUInt32BigEndian(key.AsSpan(4), isSteady ? 0x0a00_0000 | number : 0x0a01_0000 | number * 97);
        return key;
    }

    private static uint NumberOf(MapType type, byte[] key)
    {
        if (type != MapType.LpmTrie)
            return BinaryPrimitives.ReadUInt32LittleEndian(key);
        uint address = BinaryPrimitives.ReadUInt32BigEndian(key.AsSpan(4));
        return address < 0x0a01_0000 ? address & 0xffff : (address & 0xffff) / 97;
    }

    private static byte[] Distinct(MapType type, uint number)
    {
        byte[] key = KeyOf(type, number);
        if (type == MapType.LpmTrie)
            BinaryPrimitives.WriteUInt32LittleEndian(key, 32);
        return key;
    }

    private static byte[] ForAllCpus(Map map, ulong word)
    {
        byte[] value = new byte[map.UserValueSize];
        MemoryMarshal.Cast<byte, ulong>(value.AsSpan()).Fill(word);
        return value;
    }

    // Number, stamp, and a check of both: a word made of two others' halves has a wrong one.
    private static ulong ValueOf(uint number, uint stamp) => (ulong)number << 32 | stamp << 16 | Check(number, stamp);

    private static bool IsWhole(ulong word, MapType type) =>
        (word == 0 && IsPerCpu(type)) || (ushort)word == Check((uint)(word >> 32), (uint)word >> 16);

    private static ushort Check(uint number, uint stamp) => (ushort)((number * 0x9e37 ^ stamp * 0x85eb) * 0xc2b3 >> 8);
}
