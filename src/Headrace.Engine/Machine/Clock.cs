namespace Headrace.Engine;

/// <summary>The clocks that programs read, in nanoseconds.</summary>
public abstract class Clock
{
    /// <summary>This computer's clocks.</summary>
    public static Clock System { get; } = new SystemClock();

    /// <summary>Time since some start, without suspended time (<c>CLOCK_MONOTONIC</c>).</summary>
    public abstract ulong Monotonic { get; }

    /// <summary>Time since the system started, suspended time included (<c>CLOCK_BOOTTIME</c>).</summary>
    public abstract ulong Boot { get; }

    /// <summary>International atomic time since 1970 (<c>CLOCK_TAI</c>).</summary>
    public abstract ulong Tai { get; }

    /// <summary>Universal time since 1970 (<c>CLOCK_REALTIME</c>).</summary>
    public virtual ulong Realtime => Tai;
}
