namespace Headrace.Engine;

/// <summary>A clock that stands still until it is set: for repeatable runs and tests.</summary>
/// <param name="now">What every clock shows at first, in nanoseconds.</param>
public sealed class FixedClock(ulong now = 0) : Clock
{
    /// <summary>What every clock shows, in nanoseconds.</summary>
    public ulong Now { get; set; } = now;

    /// <inheritdoc/>
    public override ulong Monotonic => Now;

    /// <inheritdoc/>
    public override ulong Boot => Now;

    /// <inheritdoc/>
    public override ulong Tai => Now;
}
