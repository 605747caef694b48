using System.Buffers.Binary;

namespace Headrace.Engine.Tests.Jit;

/// <summary>Counters that the compiler sums over a burst come to what each addition by itself comes to, at the end of every burst.</summary>
public unsafe class CounterTests(ITestOutputHelper output)
{
    // An element for the first byte of the packet, of 8; beside the packets, bytes behind that are counted in 64 and in 32 bits.
    private const string Text = """
        r6 = *(u32 *)(r1 +0)
        r1 = *(u32 *)(r1 +4)
        r2 = r6
        r2 += 16
        if r2 > r1 goto out
        r1 = *(u8 *)(r6 +0)
        r1 &= 15
        *(u32 *)(r10 -4) = r1
        r2 = r10
        r2 += -4
        r1 = map[counters] ll
        call bpf_map_lookup_elem#1
        if r0 == 0 goto out
        r1 = *(u8 *)(r6 +1)
        if r1 == 0 goto twice
        lock *(u64 *)(r0 +0) += r1
        twice:
        r1 = *(u64 *)(r6 +8)
        lock *(u64 *)(r0 +0) += r1
        lock *(u32 *)(r0 +8) += r1
        r2 = map[total][0]+0 ll
        r1 = 1
        lock *(u64 *)(r2 +0) += r1
        lock *(u32 *)(r2 +8) += r1
        out:
        r0 = 1
        exit
        """;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(40)]
    public void Every_burst_leaves_what_its_packets_add(int elements)
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using Collection interpreted = Load(), compiled = Load();
        using Executor interpreter = interpreted.Programs["main"].CreateExecutor(EngineKind.Interpreter), jit = compiled.Programs["main"].CreateExecutor(EngineKind.Jit);
        Assert.Contains(compiled.Programs["main"].Graph.Main.Actors, actor => actor.IsCombined);
        using var burst = new PacketBurst(64);
        for (int round = 0; round < 50; round++)
        {
            burst.Clear();
            for (int packet = random.Next(65); packet > 0; packet--)
            {
                byte[] bytes = new byte[random.Next(14, 64)];
                random.NextBytes(bytes);
                bytes[0] = (byte)random.Next(elements);
                bytes[1] &= 1;
                burst.Add(bytes);
            }
            interpreter.Run(burst.Frames, burst.Count);
            jit.Run(burst.Frames, burst.Count);
            Assert.Equal(Values(interpreted), Values(compiled));
        }
    }

    [Fact]
    public void Additions_of_several_threads_all_arrive()
    {
        const int Bursts = 2000, Packets = 16;
        using Collection collection = Load();
        var threads = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            using Executor executor = collection.Programs["main"].CreateExecutor(EngineKind.Jit);
            using var burst = new PacketBurst(Packets);
            for (int i = 0; i < Packets; i++)
                burst.Add([(byte)(i / 4), 3, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]);
            for (int i = 0; i < Bursts; i++)
                executor.Run(burst.Frames, burst.Count);
        })).ToArray();
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        ulong[] values = Values(collection);
        const ulong Each = 3 * Bursts * 4;
        Assert.Equal([Each * 5, Each * 2, Each * 5, Each * 2, Each * 5, Each * 2, Each * 5, Each * 2], values[..8]);
        Assert.Equal([Each * 4, Each * 4], values[^2..]);
    }

    private static Collection Load() =>
        Collection.Load(TestProgram.Spec(Text, maps: [TestProgram.Array("counters", 16, 8), TestProgram.Array("total", 16)]));

    private static ulong[] Values(Collection collection) => [.. Read(collection.Maps["counters"], 8), .. Read(collection.Maps["total"], 1)];

    private static IEnumerable<ulong> Read(Map map, uint elements)
    {
        for (uint key = 0; key < elements; key++)
        {
            byte[] bytes = new byte[16], name = new byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(name, key);
            Assert.True(map.TryLookup(name, bytes));
            yield return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            yield return BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8));
        }
    }
}
