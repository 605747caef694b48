using System.Diagnostics;

namespace Headrace.Engine;

/// <summary>The clocks of this computer.</summary>
internal sealed class SystemClock : Clock
{
    // Leap seconds inserted by the end of 2016, the last one (IERS Bulletin C).
    private const ulong TaiMinusUtc = 37_000_000_000;

    private static readonly double s_nanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    public override ulong Monotonic =>
        Stopwatch.Frequency == 1_000_000_000 ? (ulong)Stopwatch.GetTimestamp() : (ulong)(Stopwatch.GetTimestamp() * s_nanosecondsPerTick);

    // .NET offers no clock that counts suspended time; machines that run packet programs are not suspended.
    public override ulong Boot => Monotonic;

    public override ulong Tai => Realtime + TaiMinusUtc;

    public override ulong Realtime => (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
}
