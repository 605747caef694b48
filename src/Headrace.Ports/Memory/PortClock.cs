using System.Diagnostics;

namespace Headrace.Ports;

/// <summary>The clock of receive time stamps: CLOCK_MONOTONIC in nanoseconds, as <c>bpf_ktime_get_ns</c> reads it.</summary>
internal static class PortClock
{
    private static readonly double s_nanosecondsATick = 1e9 / Stopwatch.Frequency;

    /// <summary>Now.</summary>
    public static ulong Now => Stopwatch.Frequency == 1_000_000_000
        ? (ulong)Stopwatch.GetTimestamp()
        : (ulong)(Stopwatch.GetTimestamp() * s_nanosecondsATick);
}
