namespace Headrace.Engine;

/// <summary>Helpers that tell the time, in nanoseconds of <see cref="MachineOptions.Clock"/>.</summary>
internal static class ClockHelpers
{
    // CONFIG_HZ of common kernels; the counter starts five minutes before it wraps at 32 bits (INITIAL_JIFFIES, include/linux/jiffies.h).
    private const ulong TicksPerSecond = 250;
    private const ulong NanosecondsPerTick = 1_000_000_000 / TicksPerSecond;
    private const ulong FirstTick = unchecked((uint)(-300 * (int)TicksPerSecond));

    public static ulong KtimeGetNs<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess => machine.Options.Clock.Monotonic;

    public static ulong KtimeGetBootNs<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess => machine.Options.Clock.Boot;

    public static ulong KtimeGetTaiNs<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess => machine.Options.Clock.Tai;

    /// <summary>The monotonic clock as it stood at the last tick.</summary>
    public static ulong KtimeGetCoarseNs<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        ulong now = machine.Options.Clock.Monotonic;
        return now - now % NanosecondsPerTick;
    }

    public static ulong Jiffies64<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess => FirstTick + machine.Options.Clock.Monotonic / NanosecondsPerTick;
}
