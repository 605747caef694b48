namespace Headrace.Engine;

/// <summary>What a machine tells its programs of the world: processor, time, chance, and where their output goes.</summary>
public sealed partial class MachineOptions
{
    /// <summary>Instructions a run may spend in loops and functions by default: about a second, ten where most of them are calls of helpers or functions.</summary>
    public const long DefaultBudget = 1L << 28;

    /// <summary>The processor number the program is told; decides which values of per-CPU maps it sees. From 0 to <see cref="EngineOptions.Cpus"/> - 1.</summary>
    public int Cpu { get; init; }

    /// <summary>The clocks that the ktime helpers read.</summary>
    public Clock Clock { get; init; } = Clock.System;

    /// <summary>Seed of <c>bpf_get_prandom_u32</c>; null for another one every time.</summary>
    public ulong? RandomSeed { get; init; }

    /// <summary>Takes each line of <c>bpf_trace_printk</c>; null drops them.</summary>
    public Action<string>? TraceSink { get; init; }

    /// <summary>What the batch engine fetches ahead; other engines do not ask.</summary>
    public StageChoice Stages { get; init; } = StageChoice.Measured;

    /// <summary>Instructions that one run (one packet) may spend in loops and functions before it is stopped as endless.</summary>
    /// <remarks>A jump backward counts the instructions it goes back over, a call or callback those of the function, whether they run or not.</remarks>
    public long Budget { get; init; } = DefaultBudget;
}
