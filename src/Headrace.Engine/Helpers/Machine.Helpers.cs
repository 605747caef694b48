namespace Headrace.Engine;

public sealed unsafe partial class Machine
{
    private ulong _randomState;
    private bool _randomIsSeeded;

    /// <summary>The spin lock the program holds, or null: a program may hold one at a time.</summary>
    internal int* HeldLock { get; set; }

    /// <summary>Timers that programs on this machine started.</summary>
    internal TimerQueue Timers { get; } = new();

    /// <summary>The timer whose callback runs, or null.</summary>
    internal ProgramTimer? RunningTimer { get; private set; }

    /// <summary>Runs the callbacks of timers that are due (<c>bpf_timer_start</c>); call it between bursts on the worker's own thread.</summary>
    /// <remarks>A callback that starts its timer again with no delay runs once a call.</remarks>
    /// <returns>Number of callbacks run.</returns>
    /// <exception cref="ProgramFaultException">A callback was stopped.</exception>
    public int RunTimers()
    {
        ulong now = Options.Clock.Monotonic;
        int count = 0;
        for (int left = Timers.Count; left > 0 && Timers.TryTake(now, out ProgramTimer timer); left--)
        {
            if (!timer.IsAlive)
            {
                TimerNumbers.Remove(timer);
                continue;
            }
            if (RunTimer(timer))
                count++;
        }
        return count;
    }

    private bool RunTimer(ProgramTimer timer)
    {
        Map map = timer.Map;
        byte* key = stackalloc byte[map.KeySize];
        byte* value = FindElement(map, (byte*)timer.Address, key);
        if (value == null || !FunctionPointers.TryFind(timer.Callback, out LoadedProgram program, out _))
            return false;
        Begin(program, null);
        AddRegion(key, (ulong)map.KeySize, writable: false, "key of a timer's element");
        RunningTimer = timer;
        try
        {
            CallFunction(timer.Callback, map.Handle, (ulong)key, (ulong)value);
            return true;
        }
        finally
        {
            RunningTimer = null;
            RemoveRegion(key);
            End();
        }
    }

    /// <summary>The value around an address, its key in <paramref name="key"/>; null when the element is gone.</summary>
    private byte* FindElement(Map map, byte* inside, byte* key)
    {
        byte* next = stackalloc byte[map.KeySize];
        for (int result = map.NextKey(null, next); result == 0; result = map.NextKey(key, next))
        {
            Buffer.MemoryCopy(next, key, map.KeySize, map.KeySize);
            byte* value = map.Lookup(key, State->Cpu);
            if (value != null && inside >= value && inside < value + map.ValueSize)
                return value;
        }
        return null;
    }

    /// <summary>The next number of <c>bpf_get_prandom_u32</c> (SplitMix64, Steele and others, 2014).</summary>
    internal uint NextRandom()
    {
        if (!_randomIsSeeded)
        {
            // Workers that share a seed must not draw the same numbers.
            _randomState = (Options.RandomSeed ?? unchecked((ulong)Random.Shared.NextInt64())) + (ulong)(uint)Options.Cpu * 0xd1342543de82ef95;
            _randomIsSeeded = true;
        }
        ulong mixed = _randomState += 0x9e3779b97f4a7c15;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return (uint)((mixed ^ (mixed >> 31)) >> 32);
    }
}
