namespace Headrace.Linux;

/// <summary>What a program did between two looks.</summary>
/// <param name="Program">What the kernel tells of it, at the second look.</param>
/// <param name="Runs">Times it ran in between.</param>
/// <param name="RunTime">How long it ran in between.</param>
/// <param name="Elapsed">The time between the looks.</param>
public sealed record ProgramActivity(ProgramInfo Program, ulong Runs, TimeSpan RunTime, TimeSpan Elapsed)
{
    /// <summary>Runs a second.</summary>
    public double RunsPerSecond => Runs / Elapsed.TotalSeconds;

    /// <summary>Nanoseconds a run; 0 when it did not run. What the counting costs is partly in it.</summary>
    public double NanosecondsPerRun => Runs == 0 ? 0 : RunTime.TotalNanoseconds / Runs;

    /// <summary>Percent of one processor.</summary>
    public double ProcessorPercent => 100 * (RunTime / Elapsed);
}
