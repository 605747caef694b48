using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine.Tests;

/// <summary>A program is exchanged between bursts: its maps stay, every packet is run once, and others may use the maps all the while.</summary>
public sealed class ReloadTests
{
    private const int Packets = 64;
    private const int Versions = 12;
    private const int BurstsBetween = 20;

    [Theory, MemberData(nameof(Engines.All), MemberType = typeof(Engines))]
    public async Task A_program_is_exchanged_between_bursts_without_losing_a_packet(EngineKind kind)
    {
        Collection first = Load(1, null);
        Map packets = first.TakeMap("packets")!;
        first.Dispose();
        Collection current = Load(1, packets);
        Collection? next = null;
        long done = 0;
        bool stop = false;
        Task<uint> worker = Task.Factory.StartNew(
            () => Work(kind, current, () => Interlocked.Exchange(ref next, null), () => Interlocked.Add(ref done, Packets), () => Volatile.Read(ref stop)),
            TaskCreationOptions.LongRunning);
        for (int version = 2; version <= Versions; version++)
        {
            long goal = Interlocked.Read(ref done) + BurstsBetween * Packets;
            // Live: another thread reads the counter, which never goes back, and puts elements of its own beside it.
            for (ulong seen = 0; Interlocked.Read(ref done) < goal && !worker.IsCompleted; packets.Update(1000u + (uint)version, seen))
            {
                ulong now = packets.Lookup<uint, ulong>(0);
                Assert.True(now >= seen, $"{now} packets after {seen}");
                seen = now;
            }
            Volatile.Write(ref next, Load(version, packets));
            while (Volatile.Read(ref next) is not null && !worker.IsCompleted)
                Thread.Yield();
        }
        Volatile.Write(ref stop, true);
        Assert.Equal((uint)Versions, await worker);
        Assert.Equal((ulong)done, packets.Lookup<uint, ulong>(0));
        packets.Dispose();
    }

    // Runs bursts, exchanges the program where there is a newer one, and answers the last verdict.
    private static unsafe uint Work(EngineKind kind, Collection loaded, Func<Collection?> newer, Action ran, Func<bool> stop)
    {
        Executor executor = loaded.Programs["main"].CreateExecutor(kind);
        using var burst = new PacketBurst(Packets);
        for (int i = 0; i < Packets; i++)
            burst.Add(new byte[60]);
        uint verdict = 1;
        while (!stop())
        {
            // Between two bursts: all that an exchange takes.
            if (newer() is { } next)
            {
                executor.Dispose();
                loaded.Dispose();
                loaded = next;
                executor = loaded.Programs["main"].CreateExecutor(kind);
            }
            executor.Run(burst.Frames, Packets);
            for (int i = 0; i < Packets; i++)
            {
                Assert.InRange(burst.Frames[i].Verdict, verdict, (uint)Versions);
                verdict = burst.Frames[i].Verdict;
            }
            ran();
        }
        executor.Dispose();
        loaded.Dispose();
        return verdict;
    }

    // Counts the packet in element 0, and answers the version.
    private static Collection Load(int version, Map? shared)
    {
        MapSpec packets = TestProgram.Map("packets", MapType.Hash, 4, 8, 4096);
        packets.Entries.Add(new MapEntrySpec(new byte[4], new byte[8]));
        CollectionSpec spec = TestProgram.Spec($"""
            r1 = 0
            *(u32 *)(r10 -4) = r1
            r2 = r10
            r2 += -4
            r1 = map[packets] ll
            call bpf_map_lookup_elem#1
            if r0 == 0 goto out
            r1 = 1
            lock *(u64 *)(r0 +0) += r1
            r0 = {version}
            exit
            out:
            r0 = 0
            exit
            """, maps: packets);
        return TestProgram.Load(spec, shared is null ? null : new EngineOptions { Maps = new Dictionary<string, Map> { ["packets"] = shared } });
    }
}
