using Headrace.Objects;

namespace Headrace.Engine.Tests.Jit;

public unsafe class JitExecutorTests
{
    // Counts packets by their first byte in an array of 4, and in a hash where the map has the key.
    private const string Counting = """
        r6 = r1
        r2 = *(u32 *)(r6 +0)
        r3 = *(u32 *)(r6 +4)
        r4 = r2
        r4 += 14
        if r4 > r3 goto out
        r1 = *(u8 *)(r2 +0)
        *(u32 *)(r10 -4) = r1
        r2 = r10
        r2 += -4
        r1 = map[counters] ll
        call bpf_map_lookup_elem#1
        if r0 == 0 goto out
        r1 = 1
        lock *(u64 *)(r0 +0) += r1
        r2 = r10
        r2 += -4
        r1 = map[known] ll
        call bpf_map_lookup_elem#1
        r1 = r0
        r0 = 2
        if r1 == 0 goto done
        r0 = 3
        done:
        exit
        out:
        r0 = 1
        exit
        """;

    private static CollectionSpec CountingSpec()
    {
        MapSpec known = TestProgram.Map("known", Bytecode.MapType.Hash, 4, 8, 16);
        known.Entries.Add(new MapEntrySpec([1, 0, 0, 0], new byte[8]));
        return TestProgram.Spec(Counting, maps: [TestProgram.Array("counters", entries: 4), known]);
    }

    [Fact]
    public void Burst_gives_each_packet_its_own_verdict()
    {
        using Collection collection = TestProgram.Load(CountingSpec());
        using Executor executor = collection.Programs["main"].CreateExecutor(EngineKind.Jit);
        using PacketBurst burst = Packets(64);
        burst.Add(new byte[13]);
        executor.Run(burst.Frames, burst.Count);

        uint[] verdicts = [.. Enumerable.Range(0, burst.Count).Select(i => burst.Frames[i].Verdict)];
        uint[] expected = [.. Enumerable.Range(0, 64).Select(i => (i % 8) switch { 1 => 3u, >= 4 => 1u, _ => 2u }), 1];
        Assert.Equal(expected, verdicts);
        Assert.Equal(8UL, BitConverter.ToUInt64(collection.Maps["counters"].Lookup([3, 0, 0, 0])));
    }

    [Fact]
    public void Bursts_allocate_nothing()
    {
        using Collection collection = TestProgram.Load(CountingSpec());
        using Executor executor = collection.Programs["main"].CreateExecutor(EngineKind.Jit);
        using PacketBurst burst = Packets(64);
        executor.Run(burst.Frames, burst.Count);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            executor.Run(burst.Frames, burst.Count);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Executors_of_one_program_run_side_by_side()
    {
        const int Rounds = 5000;
        using Collection collection = TestProgram.Load(CountingSpec());
        LoadedProgram program = collection.Programs["main"];
        Parallel.For(0, 2, new ParallelOptions { MaxDegreeOfParallelism = 2 }, _ =>
        {
            using Executor executor = program.CreateExecutor(EngineKind.Jit);
            using PacketBurst burst = Packets(8);
            for (int i = 0; i < Rounds; i++)
                executor.Run(burst.Frames, burst.Count);
        });
        Assert.Equal(2UL * Rounds, BitConverter.ToUInt64(collection.Maps["counters"].Lookup([2, 0, 0, 0])));
    }

    [Fact]
    public void Fault_leaves_the_verdicts_before_it_and_the_executor_usable()
    {
        const string Text = """
            r2 = *(u32 *)(r1 +0)
            r0 = *(u8 *)(r2 +20)
            exit
            """;
        using Collection collection = TestProgram.Load(TestProgram.Spec(Text));
        using Executor executor = collection.Programs["main"].CreateExecutor(EngineKind.Jit);
        using var burst = new PacketBurst(3);
        byte[] packet = new byte[21];
        packet[20] = 42;
        burst.Add(packet);
        burst.Add(new byte[20]);
        burst.Add(packet);

        nint frames = (nint)burst.Frames;
        var fault = Assert.Throws<ProgramFaultException>(() => executor.Run((Frame*)frames, 3));
        Assert.Equal(1, fault.Instruction);
        Assert.Equal("reads 1 byte at packet+20, but the packet has 20", fault.Reason);
        Assert.Equal(42u, burst.Frames[0].Verdict);

        executor.Run(burst.Frames + 2, 1);
        Assert.Equal(42u, burst.Frames[2].Verdict);
    }

    private static PacketBurst Packets(int count)
    {
        var burst = new PacketBurst(count + 1);
        for (int i = 0; i < count; i++)
        {
            byte[] packet = new byte[64];
            packet[0] = (byte)(i % 8);
            burst.Add(packet);
        }
        return burst;
    }
}
