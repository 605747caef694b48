using System.Diagnostics;
using Headrace.Engine;
using Headrace.Linux;
using Headrace.Objects;
using RingBufferReader = Headrace.Engine.RingBufferReader;

namespace Headrace.Bench;

/// <summary>Times a program on an engine of ours.</summary>
internal sealed unsafe class EngineTimer : IEngineSide
{
    private const int Burst = 16;
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(4);

    private readonly Collection _collection;
    private readonly Executor _executor;
    private readonly PacketBurst _packets = new(Burst);
    private readonly RingBufferReader? _ring;
    private readonly int _rounds;

    /// <summary>Loads and warms up.</summary>
    /// <param name="spec">The collection.</param>
    /// <param name="name">The program.</param>
    /// <param name="packet">Its packet.</param>
    /// <param name="kind">The engine.</param>
    /// <param name="warming">How long it runs first.</param>
    /// <param name="ring">Ring buffer to empty between measurements; null for none.</param>
    /// <param name="mostRuns">The most packets in one measurement.</param>
    public EngineTimer(CollectionSpec spec, string name, byte[] packet, EngineKind kind, TimeSpan warming, string? ring = null, int mostRuns = int.MaxValue)
    {
        _collection = Collection.Load(spec, new EngineOptions { Programs = [name], Cpus = Processors.Possible });
        _executor = _collection.Programs[name].CreateExecutor(kind);
        _ring = ring is null ? null : new RingBufferReader(_collection.Maps[ring]);
        for (int i = 0; i < Burst; i++)
            _packets.Add(packet);
        _rounds = 1;
        Measure();
        First = _packets[0].ToArray();
        // Helpers and maps are ordinary methods, which the runtime optimises after some calls and a pause.
        long start = Stopwatch.GetTimestamp();
        double best = double.MaxValue;
        while (Stopwatch.GetElapsedTime(start) < warming)
            best = Math.Min(best, Measure());
        _rounds = (int)Math.Clamp(s_slice.TotalNanoseconds / (Burst * Math.Max(best, 1)), 1, mostRuns / Burst);
    }

    /// <summary>The packet as the first run left it.</summary>
    public byte[] First { get; }

    /// <summary>The verdict of the last run.</summary>
    public uint Verdict => _packets.Frames->Verdict;

    /// <inheritdoc/>
    public double Measure()
    {
        long start = ThreadClock.Nanoseconds;
        for (int round = 0; round < _rounds; round++)
            _executor.Run(_packets.Frames, _packets.Count);
        double time = (ThreadClock.Nanoseconds - start) / ((double)_rounds * Burst);
        while (_ring?.TryRead(out _) == true)
        {
        }
        return time;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _executor.Dispose();
        _packets.Dispose();
        _collection.Dispose();
    }
}
