using Headrace.Bytecode;
using Headrace.Objects;
using Headrace.Testing;

namespace Headrace.Engine.Tests;

/// <summary>Bursts in steady state allocate nothing managed, whatever the committed programs do with them.</summary>
public class AllocationTests
{
    private const int Repeats = 8;
    private const int WarmBursts = 100;
    private const int Bursts = 200;
    private const int MostSpans = 5;

    public static TheoryData<int, EngineKind, string> Names => new(
        from kind in new[] { EngineKind.Jit, EngineKind.Batch }
        from index in Enumerable.Range(0, Scenarios.All.Count)
        select (index, kind, Scenarios.All[index].ToString()));

    [Theory, MemberData(nameof(Names))]
    public void A_burst_allocates_nothing(int index, EngineKind kind, string name)
    {
        Assert.Equal(name, Scenarios.All[index].ToString());
        long? allocated = null;
        Scenarios.All[index].Check((spec, program) => new Recorder(spec, program, kind, bytes => allocated = bytes));
        Assert.Equal(0, allocated);
    }

    /// <summary>Runs the scenario, and once it is over its packets again and again.</summary>
    private sealed unsafe class Recorder(CollectionSpec spec, string program, EngineKind kind, Action<long> report) : IScenarioEngine
    {
        private readonly Collection _collection = Collection.Load(spec);
        private readonly bool _socketBuffers = spec.Programs[program].Type != ProgramType.Xdp;
        private readonly List<byte[]> _packets = [];
        private Executor? _executor;

        private Executor Executor => _executor ??= _collection.Programs[program].CreateExecutor(kind);

        public (uint Verdict, byte[] Packet) Run(byte[] packet)
        {
            _packets.Add(packet);
            using var burst = new PacketBurst(1, _socketBuffers);
            burst.Add(packet);
            Executor.Run(burst.Frames, 1);
            return (burst.Frames->Verdict, burst[0].ToArray());
        }

        public byte[]? Lookup(string map, byte[] key)
        {
            Map found = _collection.Maps[map];
            byte[] value = new byte[found.UserValueSize];
            return found.TryLookup(key, value) ? value : null;
        }

        public void Dispose()
        {
            using var burst = new PacketBurst(_packets.Count * Repeats, _socketBuffers);
            for (int i = 0; i < burst.Capacity; i++)
                burst.Add(_packets[i % _packets.Count]);
            RunAgain(burst, WarmBursts);
            // The runtime may do something once that allocates, when it likes; what a burst allocates is there in every span.
            long allocated = 1;
            for (int span = 0; span < MostSpans && allocated > 0; span++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                RunAgain(burst, Bursts);
                allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            }
            report(allocated);
            Executor.Dispose();
            _collection.Dispose();
        }

        private void RunAgain(PacketBurst burst, int times)
        {
            for (int i = 0; i < times; i++)
            {
                burst.Reset();
                Executor.Run(burst.Frames, burst.Count);
            }
        }
    }
}
