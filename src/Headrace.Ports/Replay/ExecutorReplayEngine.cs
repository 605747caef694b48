using System.Diagnostics;
using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>Replays through an engine in user space: one call a burst.</summary>
/// <param name="executor">The program, ready to run; it stays the caller's to dispose.</param>
public sealed unsafe class ExecutorReplayEngine(Executor executor) : IReplayEngine
{
    /// <inheritdoc/>
    public double Run(PacketBurst burst)
    {
        long start = Stopwatch.GetTimestamp();
        executor.Run(burst.Frames, burst.Count);
        double nanoseconds = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        executor.Machine.RunTimers();
        return nanoseconds;
    }
}
