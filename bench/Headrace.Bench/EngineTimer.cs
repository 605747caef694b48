using System.Diagnostics;
using Headrace.Engine;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Bench;

/// <summary>Times a program on an engine of ours, nanoseconds a packet.</summary>
internal sealed unsafe class EngineTimer : IDisposable
{
    private const int Burst = 16;
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(4);

    private readonly Collection _collection;
    private readonly Executor _executor;
    private readonly PacketBurst _packets = new(Burst);
    private readonly int _rounds;

    /// <summary>Loads and warms up.</summary>
    public EngineTimer(EngineProgram program, CollectionSpec spec, EngineKind kind)
    {
        _collection = Collection.Load(spec);
        _executor = _collection.Programs[program.Program].CreateExecutor(kind);
        for (int i = 0; i < Burst; i++)
            _packets.Add(program.Packet);
        // Helpers and maps are ordinary methods, which the runtime optimises after some calls and a pause.
        long start = Stopwatch.GetTimestamp();
        long startTime = ThreadClock.Nanoseconds;
        int bursts = 0;
        while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(300))
        {
            _executor.Run(_packets.Frames, _packets.Count);
            bursts++;
        }
        double spent = ThreadClock.Nanoseconds - startTime;
        _rounds = Math.Max(1, (int)(bursts * (s_slice.TotalNanoseconds / spent)));
    }

    /// <summary>The least time a packet seen so far.</summary>
    public double Best { get; private set; } = double.MaxValue;

    /// <summary>The verdict of the packet.</summary>
    public uint Verdict => _packets.Frames->Verdict;

    /// <summary>Measures once more.</summary>
    public void Measure()
    {
        long start = ThreadClock.Nanoseconds;
        for (int round = 0; round < _rounds; round++)
            _executor.Run(_packets.Frames, _packets.Count);
        Best = Math.Min(Best, (ThreadClock.Nanoseconds - start) / ((double)_rounds * Burst));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _executor.Dispose();
        _packets.Dispose();
        _collection.Dispose();
    }
}
