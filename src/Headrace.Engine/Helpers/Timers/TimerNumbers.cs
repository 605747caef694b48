using System.Collections.Concurrent;

namespace Headrace.Engine;

/// <summary>The timers of this process by number: values of maps hold numbers, since they outlive machines and are shared by them.</summary>
internal static unsafe class TimerNumbers
{
    private static readonly ConcurrentDictionary<ulong, ProgramTimer> s_timers = new();
    private static ulong s_last;

    /// <summary>Makes a timer and writes its number into the value; null when there is one already.</summary>
    public static ProgramTimer? Create(Map map, ulong* address, TimerClock clock)
    {
        var timer = new ProgramTimer(Interlocked.Increment(ref s_last), map, address, clock);
        s_timers[timer.Number] = timer;
        ulong before = Interlocked.CompareExchange(ref *address, timer.Number, 0);
        if (before == 0)
            return timer;
        s_timers.TryRemove(timer.Number, out _);
        return null;
    }

    /// <summary>The timer in a value, or null when none was made there.</summary>
    public static ProgramTimer? Find(ulong* address) =>
        s_timers.TryGetValue(*address, out ProgramTimer? timer) && timer.Address == address ? timer : null;

    /// <summary>Forgets a timer whose element is gone.</summary>
    public static void Remove(ProgramTimer timer) => s_timers.TryRemove(timer.Number, out _);
}
