namespace Headrace.Bench;

/// <summary>A group of the suite, and what is asked of it beside the kernel.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Mean">The most the geometric mean of ours by the kernel's may be.</param>
/// <param name="Worst">The most any program's ratio may be; null when only the mean counts.</param>
/// <param name="Programs">Its programs.</param>
internal sealed record EngineGroup(string Name, double Mean, double? Worst, IReadOnlyList<EngineProgram> Programs)
{
    /// <summary>The most that ours may be by what clang makes of the same source.</summary>
    public const double Native = 1.10;
}
