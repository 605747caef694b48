using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>How a loop forwards.</summary>
public sealed class ForwarderOptions
{
    /// <summary>Threads that forward. Queue n of each port belongs to worker n modulo this.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Processors to pin the workers to, in turn; null leaves them to the scheduler.</summary>
    public IReadOnlyList<int>? Cpus { get; init; }

    /// <summary>Where passed packets go.</summary>
    public PassMode Pass { get; init; } = PassMode.Stack;

    /// <summary>What workers do while no packet comes.</summary>
    public IdleMode Idle { get; init; } = IdleMode.Adaptive;

    /// <summary>How long an adaptive worker looks again before it sleeps.</summary>
    public TimeSpan SpinTime { get; init; } = TimeSpan.FromMicroseconds(50);

    /// <summary>How long a nap is, where a worker naps.</summary>
    public TimeSpan NapTime { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Frames taken from a queue at once.</summary>
    public int Burst { get; init; } = 64;

    /// <summary>Frames that wait between two workers at most; a power of two.</summary>
    public int HandoffRing { get; init; } = 512;

    /// <summary>Spreads flows over workers so that both directions of a flow meet the same one.</summary>
    public bool SymmetricRss { get; init; } = true;

    /// <summary>How long a stop waits for rings to empty, each time it waits.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What the machine of a worker tells programs of the world; null for the defaults with the worker's number as processor.</summary>
    public Func<int, MachineOptions>? Machine { get; init; }
}
