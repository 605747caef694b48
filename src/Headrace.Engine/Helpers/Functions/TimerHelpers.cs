namespace Headrace.Engine;

/// <summary>Timers in values of maps. They run when the worker that started them calls <see cref="Machine.RunTimers"/>, between bursts.</summary>
internal static unsafe class TimerHelpers
{
    private const ulong ClockCount = 16; // MAX_CLOCKS, include/uapi/linux/time.h
    private const ulong Absolute = 1, PinToCpu = 2; // BPF_F_TIMER_ABS, BPF_F_TIMER_CPU_PIN
    private const ulong Size = 16; // sizeof(struct bpf_timer)

    public static ulong TimerInit<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        ulong* timer = (ulong*)TAccess.Write(machine, r1, Size);
        Map map = TAccess.Map(machine, r2, MapTypes.Walkable);
        if (r3 >= ClockCount || (TimerClock)r3 is not (TimerClock.Realtime or TimerClock.Monotonic or TimerClock.Boot))
            return Result.Error(Errno.EINVAL);
        if (!map.Contains(r1, Size))
            throw machine.Fault($"passes a timer that is not in a value of map '{map.Name}'");
        return TimerNumbers.Create(map, timer, (TimerClock)r3) is null ? Result.Error(Errno.EBUSY) : 0;
    }

    public static ulong TimerSetCallback<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        ProgramTimer? timer = TimerNumbers.Find((ulong*)TAccess.Write(machine, r1, Size));
        if (timer is null)
            return Result.Error(Errno.EINVAL);
        if (!FunctionPointers.TryFind(r2, out _, out _))
            throw machine.Fault($"passes 0x{r2:x} for a callback, which is no function");
        timer.Callback = r2;
        return 0;
    }

    public static ulong TimerStart<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        ProgramTimer? timer = TimerNumbers.Find((ulong*)TAccess.Write(machine, r1, Size));
        if ((r3 & ~(Absolute | PinToCpu)) != 0 || timer is null || timer.Callback == 0)
            return Result.Error(Errno.EINVAL);
        ulong now = machine.Options.Clock.Monotonic;
        machine.Timers.Start(timer, (r3 & Absolute) != 0 ? ToMonotonic(machine.Options.Clock, timer.Clock, r2, now) : now + r2);
        return 0;
    }

    public static ulong TimerCancel<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        ProgramTimer? timer = TimerNumbers.Find((ulong*)TAccess.Write(machine, r1, Size));
        if (timer is null)
            return Result.Error(Errno.EINVAL);
        if (machine.RunningTimer == timer)
            return Result.Error(Errno.EDEADLK);
        return TimerQueue.Cancel(timer) ? 1ul : 0;
    }

    private static ulong ToMonotonic(Clock clock, TimerClock by, ulong due, ulong now)
    {
        ulong shown = by switch { TimerClock.Realtime => clock.Realtime, TimerClock.Boot => clock.Boot, _ => now };
        return due <= shown ? now : now + (due - shown);
    }
}
