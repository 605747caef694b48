using System.Runtime.InteropServices;

namespace Headrace.Engine;

/// <summary>Tells when no run can hold the address any more of what has been taken out of a map: RCU's grace periods, with bursts for its critical sections.</summary>
/// <remarks>
/// A machine notes with its burst the period that the burst began in. That costs the burst two plain stores: it is those who wait that see to the
/// order, by a barrier on all processors.
/// </remarks>
internal static unsafe class GracePeriods
{
    private static readonly Lock s_lock = new();
    private static readonly HashSet<nint> s_machines = [];
    private static readonly ulong* s_now = First();

    /// <summary>The period at hand; never 0.</summary>
    public static ulong Now => Volatile.Read(ref *s_now);

    /// <summary>Begins a period. What left its map before cannot be found in it.</summary>
    /// <returns>The new period.</returns>
    public static ulong Start() => Interlocked.Increment(ref *s_now);

    /// <summary>True when no machine runs a burst that it began before a period. It takes microseconds.</summary>
    public static bool HasPassed(ulong period)
    {
        Interlocked.MemoryBarrierProcessWide();
        lock (s_lock)
        {
            foreach (nint machine in s_machines)
            {
                ulong since = Volatile.Read(ref ((MachineState*)machine)->Since);
                if (since != 0 && since < period)
                    return false;
            }
        }
        return true;
    }

    /// <summary>Takes a machine's bursts into account from now on.</summary>
    public static void Add(MachineState* machine)
    {
        lock (s_lock)
            s_machines.Add((nint)machine);
    }

    /// <summary>Ends that.</summary>
    public static void Remove(MachineState* machine)
    {
        lock (s_lock)
            s_machines.Remove((nint)machine);
    }

    // In memory of its own: no other data shares the line that all machines read.
    private static ulong* First()
    {
        ulong* now = (ulong*)NativeMemory.AlignedAlloc(64, 64);
        *now = 1;
        return now;
    }
}
