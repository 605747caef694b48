using System.Runtime.CompilerServices;
using System.Text;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine.Tests.Batch;

/// <summary>Fetching ahead changes nothing: packets of a burst that look up, change and evict the same entries leave what they leave one by one.</summary>
public sealed unsafe class BatchExecutorTests
{
    private const int Packets = 128;
    private const int Bursts = 40;

    // A look-up in {0}, then by the packet's second byte: count in the value, remove, or add; then, by its third, a look-up in {1}, whose key is what the first found.
    private const string Program = """
        r6 = r1
        r7 = *(u32 *)(r6 +0)
        r3 = *(u32 *)(r6 +4)
        r4 = r7
        r4 += 14
        if r4 > r3 goto out
        r1 = 0
        *(u64 *)(r10 -8) = r1
        *(u64 *)(r10 -64) = r1
        *(u64 *)(r10 -56) = r1
        *(u64 *)(r10 -48) = r1
        *(u64 *)(r10 -32) = r1
        r1 = *(u8 *)(r7 +0)
        KEY
        r2 = r10
        r2 += -64
        r1 = map[first] ll
        call bpf_map_lookup_elem#1
        r8 = *(u8 *)(r7 +1)
        if r0 == 0 goto missing
        r9 = *(u32 *)(r0 +0)
        if r8 == 1 goto remove
        r1 = 1
        lock *(u64 *)(r0 +0) += r1
        goto second
        remove:
        r2 = r10
        r2 += -64
        r1 = map[first] ll
        call bpf_map_delete_elem#3
        goto second
        missing:
        r9 = 0
        if r8 != 2 goto second
        r1 = *(u8 *)(r7 +2)
        *(u64 *)(r10 -24) = r1
        r2 = r10
        r2 += -64
        r3 = r10
        r3 += -24
        r4 = 0
        r1 = map[first] ll
        call bpf_map_update_elem#2
        second:
        r9 &= 63
        *(u32 *)(r10 -32) = r9
        r2 = r10
        r2 += -32
        r1 = map[then] ll
        call bpf_map_lookup_elem#1
        r1 = r0
        r0 = 2
        if r1 == 0 goto done
        r2 = *(u64 *)(r1 +0)
        r2 += 1
        *(u64 *)(r1 +0) = r2
        *(u8 *)(r7 +3) = r2
        r0 = 3
        done:
        exit
        out:
        r0 = 1
        exit
        """;

    [ModuleInitializer]
    internal static void StageSmallTables() => Cache.LargeTable = 0;

    [Theory]
    [InlineData(MapType.Hash, 4, 200)]
    [InlineData(MapType.Hash, 8, 200)]
    [InlineData(MapType.Hash, 16, 200)]
    [InlineData(MapType.Hash, 12, 200)]
    [InlineData(MapType.LruHash, 16, 60)]
    [InlineData(MapType.PerCpuHash, 4, 200)]
    [InlineData(MapType.LruPerCpuHash, 8, 60)]
    [InlineData(MapType.LpmTrie, 8, 600)]
    [InlineData(MapType.LpmTrie, 20, 600)]
    public void Bursts_leave_what_packets_leave_one_by_one(MapType type, int keySize, int entries)
    {
        string expected = Story(type, keySize, entries, EngineKind.Interpreter, one: true, out _);
        string batch = Story(type, keySize, entries, EngineKind.Batch, one: false, out long fetched);
        Assert.Equal(expected, batch);
        Assert.True(fetched > Packets * Bursts, $"{fetched} look-ups were fetched ahead: the test tries nothing");
    }

    [Theory]
    [InlineData("all", 2, 2)]
    [InlineData("auto", 2, 2)]
    [InlineData("1", 1, 1)]
    [InlineData("none", 0, 0)]
    public void Stages_are_those_asked_for_and_are_told(string text, int staged, int deepest)
    {
        Assert.True(StageChoice.TryParse(text, out StageChoice choice));
        MapSpec first = TestProgram.Map("first", MapType.Hash, 4, 8, 64);
        first.Entries.Add(new MapEntrySpec(new byte[4], new byte[8]));
        string program = Program.Replace("KEY", "*(u32 *)(r10 -64) = r1", StringComparison.Ordinal);
        using Collection collection = Collection.Load(TestProgram.Spec(program, maps: [first, TestProgram.Map("then", MapType.Hash, 4, 8, 64)]));
        using var executor = (BatchExecutor)collection.Programs["main"].CreateExecutor(EngineKind.Batch, new MachineOptions { Stages = choice });
        using var burst = new PacketBurst(Packets);
        for (int i = 0; i < Packets; i++)
            burst.Add(new byte[60]);
        executor.Run(burst.Frames, Packets);
        IReadOnlyList<StageReport> reports = executor.Stages;
        Assert.Equal(["first", "then"], reports.Select(report => report.Map.Name));
        Assert.Equal(staged, reports.Count(report => report.Stage > 0));
        Assert.Equal(deepest, reports.Max(report => report.Stage));
        Assert.All(reports, report => Assert.Equal(report.Stage > 0 ? 1 : 0, report.Share));
    }

    [Theory]
    [InlineData("")]
    [InlineData("some")]
    [InlineData("-1")]
    [InlineData("9")]
    public void Other_choices_are_refused(string text) => Assert.False(StageChoice.TryParse(text, out _));

    private static string Story(MapType type, int keySize, int entries, EngineKind engine, bool one, out long fetched)
    {
        bool isTrie = type == MapType.LpmTrie;
        string key = isTrie ? $"*(u8 *)(r10 -59) = r1\nr1 = {(keySize - 4) * 8}\n*(u32 *)(r10 -64) = r1" : "*(u32 *)(r10 -64) = r1";
        MapSpec first = TestProgram.Map("first", type, (uint)keySize, 8, (uint)entries);
        first.Flags = isTrie ? MapFlags.NoPrealloc : first.Flags | MapFlags.ZeroSeed;
        if (isTrie)
            AddRoutes(first, keySize);
        CollectionSpec spec = TestProgram.Spec(Program.Replace("KEY", key, StringComparison.Ordinal), maps: [first, TestProgram.Map("then", MapType.Hash, 4, 8, 64)]);
        for (uint i = 0; i < 64; i += 2)
            spec.Maps["then"].Entries.Add(new MapEntrySpec(BitConverter.GetBytes(i), new byte[8]));

        using Collection collection = Collection.Load(spec, new EngineOptions { Cpus = 1 });
        using Executor executor = collection.Programs["main"].CreateExecutor(engine);
        using var burst = new PacketBurst(Packets);
        var random = new Random(keySize);
        var story = new StringBuilder();
        for (int round = 0; round < Bursts; round++)
        {
            burst.Clear();
            for (int i = 0; i < Packets; i++)
            {
                byte[] packet = new byte[random.Next(20) == 0 ? 13 : 60];
                packet[0] = (byte)random.Next(100);
                packet[1] = (byte)random.Next(4);
                packet[2] = (byte)random.Next(64);
                burst.Add(packet);
            }
            for (int i = 0; one && i < Packets; i++)
                executor.Run(burst.Frames + i, 1);
            if (!one)
                executor.Run(burst.Frames, Packets);
            for (int i = 0; i < Packets; i++)
                story.Append(burst.Frames[i].Verdict).Append(' ').AppendLine(Convert.ToHexString(burst[i]));
        }
        foreach (Map map in collection.Maps.Values)
        {
            foreach ((byte[] name, byte[] value) in map.Entries().OrderBy(entry => Convert.ToHexString(entry.Key)))
                story.Append(map.Name).Append(Convert.ToHexString(name)).Append('=').AppendLine(Convert.ToHexString(value));
        }
        fetched = (executor as BatchExecutor)?.Fetched ?? 0;
        return story.ToString();
    }

    // Enough of them for an index, in the first two bytes that keys have.
    private static void AddRoutes(MapSpec map, int keySize)
    {
        var random = new Random(1);
        for (int i = 0; i < 400; i++)
        {
            byte[] key = new byte[keySize];
            key[0] = (byte)(i < 100 ? 16 : random.Next(17, 33));
            key[5] = (byte)(i < 100 ? i : random.Next(100));
            key[6] = (byte)random.Next(2);
            key[7] = (byte)(random.Next(2) * 255);
            map.Entries.Add(new MapEntrySpec(key, BitConverter.GetBytes((ulong)i)));
        }
    }
}
