namespace Headrace.Engine;

/// <summary>Clocks that a timer may go by, with the numbers of clock_gettime(2).</summary>
internal enum TimerClock
{
    Realtime = 0,
    Monotonic = 1,
    Boot = 7,
}
