using System.Diagnostics;
using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>Replays through an engine in user space: one call a burst.</summary>
public sealed unsafe class ExecutorReplayEngine : IReplayEngine
{
    private readonly Executor _executor;

    /// <summary>Takes a program, and has it compiled so that no burst pays for it.</summary>
    /// <param name="executor">The program, ready to run; it stays the caller's to dispose.</param>
    public ExecutorReplayEngine(Executor executor)
    {
        ArgumentNullException.ThrowIfNull(executor);
        _executor = executor;
        executor.Prepare();
    }

    /// <inheritdoc/>
    public double Run(PacketBurst burst)
    {
        ArgumentNullException.ThrowIfNull(burst);
        long start = Stopwatch.GetTimestamp();
        _executor.Run(burst.Frames, burst.Count);
        double nanoseconds = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        _executor.Machine.RunTimers();
        return nanoseconds;
    }
}
