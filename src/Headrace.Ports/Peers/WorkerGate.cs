namespace Headrace.Ports;

/// <summary>Keeps a worker out of memory that another thread is about to take away. Costs the worker two stores a burst.</summary>
/// <remarks>
/// The worker says that it is inside, then looks whether the gate is shut; who shuts it does both the other way round. Neither may see the
/// older state of the other: the barrier that this takes is paid by the one who shuts, for the whole process.
/// </remarks>
internal sealed class WorkerGate
{
    private bool _inside;
    private bool _shut;

    /// <summary>Goes in; false while the gate is shut.</summary>
    public bool TryEnter()
    {
        Volatile.Write(ref _inside, true);
        if (!Volatile.Read(ref _shut))
            return true;
        Volatile.Write(ref _inside, false);
        return false;
    }

    /// <summary>Goes in, waiting for the short while that the gate is shut.</summary>
    public void Enter()
    {
        while (!TryEnter())
            Thread.Yield();
    }

    /// <summary>Goes out.</summary>
    public void Exit() => Volatile.Write(ref _inside, false);

    /// <summary>Shuts the gate and waits until the worker is out. For one thread at a time, never the worker's.</summary>
    public void Shut()
    {
        Volatile.Write(ref _shut, true);
        Interlocked.MemoryBarrierProcessWide();
        while (Volatile.Read(ref _inside))
            Thread.Yield();
    }

    /// <summary>Opens the gate again.</summary>
    public void Open() => Volatile.Write(ref _shut, false);
}
