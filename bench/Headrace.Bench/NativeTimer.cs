using Headrace.Linux;

namespace Headrace.Bench;

/// <summary>Times a program that was compiled for the processor itself.</summary>
internal sealed unsafe class NativeTimer : IEngineSide
{
    /// <summary>Packets of a batch.</summary>
    public const int Burst = 16;

    private const double Slice = 4e6;

    private readonly delegate* unmanaged<void*, uint*, uint, uint, void> _run;
    private readonly void* _packets;
    private readonly uint[] _verdicts = new uint[Burst];
    private readonly uint _rounds = 1000;

    /// <summary>Finds out how many rounds to measure.</summary>
    public NativeTimer(delegate* unmanaged<void*, uint*, uint, uint, void> run, void* packets)
    {
        _run = run;
        _packets = packets;
        Measure();
        _rounds = (uint)Math.Clamp(Slice / Burst / Math.Max(Measure(), 0.1), 1, 10_000_000);
    }

    /// <summary>The verdict of the last run.</summary>
    public uint Verdict => _verdicts[0];

    /// <inheritdoc/>
    public double Measure()
    {
        fixed (uint* verdicts = _verdicts)
        {
            long start = ThreadClock.Nanoseconds;
            _run(_packets, verdicts, Burst, _rounds);
            return (ThreadClock.Nanoseconds - start) / ((double)_rounds * Burst);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
