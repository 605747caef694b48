using System.Buffers.Binary;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine.Tests;

/// <summary>Workers with an executor each share maps: nothing is lost, doubled or torn.</summary>
public unsafe class WorkerTests
{
    private const int Workers = 3;
    private const int Bursts = 200;
    private const int Packets = 64;

    public static TheoryData<EngineKind> All => Engines.All;

    private static void RunWorkers(EngineKind engine, Collection collection, Action<int>? beside = null)
    {
        var threads = new Task[Workers];
        for (int worker = 0; worker < Workers; worker++)
        {
            int number = worker;
            threads[worker] = Task.Factory.StartNew(() => Work(engine, collection, number), TaskCreationOptions.LongRunning);
        }
        for (int turn = 0; !Task.WaitAll(threads, 0, TestContext.Current.CancellationToken); turn++)
        {
            if (beside is null)
            {
                Task.WaitAll(threads, TestContext.Current.CancellationToken);
                return;
            }
            beside(turn);
        }
    }

    private static void Work(EngineKind engine, Collection collection, int worker)
    {
        using Executor executor = collection.Programs["main"].CreateExecutor(engine);
        for (int i = 0; i < Bursts; i++)
        {
            using var burst = new PacketBurst(Packets);
            for (int packet = 0; packet < Packets; packet++)
            {
                byte[] bytes = new byte[64];
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)((i * Packets + packet) * Workers + worker + 1));
                burst.Add(bytes);
            }
            executor.Run(burst.Frames, burst.Count);
            for (int packet = 0; packet < Packets; packet++)
                Assert.Equal(2u, burst.Frames[packet].Verdict);
        }
    }

    [Theory, MemberData(nameof(All))]
    public void Records_of_all_workers_arrive_whole(EngineKind engine)
    {
        const string Text = """
            r6 = *(u32 *)(r1 +0)
            r7 = *(u32 *)(r1 +4)
            r2 = r6
            r2 += 8
            if r2 > r7 goto out
            r8 = *(u64 *)(r6 +0)
            r1 = map[ring] ll
            r2 = 24
            r3 = 0
            call bpf_ringbuf_reserve#131
            if r0 == 0 goto out
            *(u64 *)(r0 +0) = r8
            *(u64 *)(r0 +8) = r8
            *(u64 *)(r0 +16) = r8
            r1 = r0
            r2 = 0
            call bpf_ringbuf_submit#132
            r0 = 2
            exit
            out:
            r0 = 1
            exit
            """;
        using Collection collection = TestProgram.Load(TestProgram.Spec(Text, maps: TestProgram.Map("ring", MapType.RingBuffer, 0, 0, 1 << 21)));
        var reader = new RingBufferReader(collection.Maps["ring"]);
        var seen = new HashSet<ulong>();
        void Read(int turn)
        {
            while (reader.TryRead(out ReadOnlySpan<byte> record))
            {
                ulong first = BinaryPrimitives.ReadUInt64LittleEndian(record);
                Assert.Equal(first, BinaryPrimitives.ReadUInt64LittleEndian(record[8..]));
                Assert.Equal(first, BinaryPrimitives.ReadUInt64LittleEndian(record[16..]));
                Assert.True(seen.Add(first));
            }
        }

        RunWorkers(engine, collection, Read);
        Read(0);
        Assert.Equal(Workers * Bursts * Packets, seen.Count);
    }

    [Theory]
    [InlineData(EngineKind.Interpreter, MapType.Hash)]
    [InlineData(EngineKind.Jit, MapType.Hash)]
    [InlineData(EngineKind.Interpreter, MapType.LruHash)]
    [InlineData(EngineKind.Jit, MapType.LruHash)]
    public void Counters_lose_no_packet_beside_other_writers(EngineKind engine, MapType type)
    {
        const string Text = """
            *(u32 *)(r10 -4) = 7
            r2 = r10
            r2 += -4
            r1 = map[flows] ll
            call bpf_map_lookup_elem#1
            if r0 == 0 goto out
            r1 = 1
            lock *(u64 *)(r0 +0) += r1
            r0 = 2
            exit
            out:
            r0 = 1
            exit
            """;
        MapSpec flows = TestProgram.Map("flows", type, 4, 8, 4096);
        flows.Entries.Add(new MapEntrySpec([7, 0, 0, 0], new byte[8]));
        using Collection collection = TestProgram.Load(TestProgram.Spec(Text, maps: flows));
        Map map = collection.Maps["flows"];
        RunWorkers(engine, collection, turn =>
        {
            byte[] key = BitConverter.GetBytes(1000 + turn % 2000);
            map.Update(key, new byte[8]);
            map.Delete(key);
        });
        Assert.Equal((ulong)(Workers * Bursts * Packets), BitConverter.ToUInt64(map.Lookup([7, 0, 0, 0])));
    }
}
