namespace Headrace.Engine;

/// <summary>The lock inside a map's value: a real one, shared by all workers. 0 is free, 1 taken.</summary>
internal static unsafe class LockHelpers
{
    private const int LongestWait = 1 << 20; // turns, about a second; whoever holds the lock that long has stopped without giving it back

    public static ulong SpinLock<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        int* word = (int*)TAccess.Write(machine, r1, sizeof(int));
        if (machine.HeldLock != null)
            throw machine.Fault("takes a spin lock while it holds one");
        var wait = new SpinWait();
        for (int turn = 0; Interlocked.CompareExchange(ref *word, 1, 0) != 0; turn++)
        {
            if (turn == LongestWait)
                throw machine.Fault("waits for a spin lock that is not given back");
            wait.SpinOnce(sleep1Threshold: -1);
        }
        machine.HeldLock = word;
        return 0;
    }

    public static ulong SpinUnlock<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        int* word = (int*)TAccess.Write(machine, r1, sizeof(int));
        if (machine.HeldLock != word)
            throw machine.Fault("gives back a spin lock that it does not hold");
        machine.HeldLock = null;
        Volatile.Write(ref *word, 0);
        return 0;
    }
}
