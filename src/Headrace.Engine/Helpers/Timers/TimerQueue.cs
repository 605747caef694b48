namespace Headrace.Engine;

/// <summary>The timers that programs on one machine started, by the time they are due.</summary>
/// <remarks>Only the machine's own thread takes from it; other threads cancel by the timer's generation.</remarks>
internal sealed class TimerQueue
{
    private readonly PriorityQueue<(ProgramTimer Timer, int Generation), (ulong Due, long Order)> _pending = new();
    private long _order;

    /// <summary>Entries, stale ones included.</summary>
    public int Count => _pending.Count;

    /// <summary>Starts a timer, or starts it anew.</summary>
    /// <param name="timer">The timer.</param>
    /// <param name="due">Monotonic time in nanoseconds.</param>
    public void Start(ProgramTimer timer, ulong due)
    {
        lock (timer)
        {
            timer.Generation++;
            timer.IsPending = true;
            _pending.Enqueue((timer, timer.Generation), (due, _order++));
        }
    }

    /// <summary>Stops a timer; true when it was pending.</summary>
    public static bool Cancel(ProgramTimer timer)
    {
        lock (timer)
        {
            bool wasPending = timer.IsPending;
            timer.Generation++;
            timer.IsPending = false;
            return wasPending;
        }
    }

    /// <summary>Takes the next timer that is due; false when there is none.</summary>
    public bool TryTake(ulong now, out ProgramTimer timer)
    {
        while (_pending.TryPeek(out (ProgramTimer Timer, int Generation) next, out (ulong Due, long Order) priority) && priority.Due <= now)
        {
            _pending.Dequeue();
            timer = next.Timer;
            lock (timer)
            {
                if (!timer.IsPending || timer.Generation != next.Generation)
                    continue;
                timer.IsPending = false;
            }
            return true;
        }
        timer = null!;
        return false;
    }
}
