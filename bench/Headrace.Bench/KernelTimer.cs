using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Bench;

/// <summary>Times a program in the kernel: <c>(T(many) - T(2)) / (many - 2)</c> of whole test runs, so that entering the kernel and copying the packet cancel out.</summary>
internal sealed class KernelTimer : IEngineSide
{
    private const int Few = 2, FirstMany = 4_000, LeastMany = 8_000, MostMany = 100_000;
    private const double Slice = 3e6;

    private readonly KernelCollection _collection;
    private readonly KernelProgram _program;
    private readonly RingBufferReader? _ring;
    private readonly byte[] _packet;
    private readonly int _many = FirstMany;

    /// <summary>Loads, runs once, and finds out how many repeats to measure.</summary>
    /// <param name="spec">The collection.</param>
    /// <param name="name">The program.</param>
    /// <param name="packet">Its packet.</param>
    /// <param name="ring">Ring buffer to empty between measurements; null for none.</param>
    /// <param name="mostRuns">The most repeats in one measurement.</param>
    public KernelTimer(CollectionSpec spec, string name, byte[] packet, string? ring = null, int mostRuns = int.MaxValue)
    {
        _collection = KernelCollection.Load(spec, new KernelLoadOptions { Programs = [name] });
        _program = _collection.Programs[name];
        _packet = packet;
        _ring = ring is null ? null : new RingBufferReader(_collection.Maps[ring]);
        First = _program.TestRun(packet).Packet;
        _many = (int)Math.Clamp(Slice / Math.Max(Measure(), 1), LeastMany, Math.Min(MostMany, mostRuns));
    }

    /// <summary>The packet as the first run left it.</summary>
    public byte[] First { get; }

    /// <summary>The verdict of the last run.</summary>
    public uint Verdict { get; private set; }

    /// <inheritdoc/>
    public double Measure()
    {
        double few = Time(Few), many = Time(_many);
        return (many - few) / (_many - Few);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ring?.Dispose();
        _collection.Dispose();
    }

    // Processor time: each call of more than one repeat waits some 30 ms for the kernel's dispatcher to change.
    private double Time(int repeats)
    {
        long start = ThreadClock.Nanoseconds;
        Verdict = _program.TestRun(_packet, repeats).ReturnValue;
        double time = ThreadClock.Nanoseconds - start;
        _ring?.Read(static (_) => { });
        return time;
    }
}
