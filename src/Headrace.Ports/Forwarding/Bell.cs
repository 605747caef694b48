using System.Runtime.InteropServices;
using Headrace.Linux;
using Headrace.Linux.Sys;
using Libc = Headrace.Ports.Sys.Libc;

namespace Headrace.Ports;

/// <summary>Wakes a worker that sleeps; costs next to nothing while it is awake.</summary>
internal sealed unsafe class Bell : IDisposable
{
    private const int NonBlocking = 0x800, CloseOnExec = 0x80000; // EFD_NONBLOCK, EFD_CLOEXEC

    private readonly Descriptor _descriptor;
    private readonly int _number;
    private int _sleeping;

    /// <exception cref="KernelException">The kernel refused.</exception>
    public Bell()
    {
        _number = Libc.EventDescriptor(0, NonBlocking | CloseOnExec);
        if (_number < 0)
            throw new KernelException("eventfd", "a worker's bell", Libc.Errno);
        _descriptor = new Descriptor(_number);
    }

    /// <summary>Readable after it was rung.</summary>
    public SafeHandle ReadyHandle => _descriptor;

    /// <summary>The worker is about to sleep: whoever gives it work from now on rings. Afterwards it looks for work once more.</summary>
    public void LieDown() => Interlocked.Exchange(ref _sleeping, 1);

    /// <summary>The worker is awake.</summary>
    public void GetUp()
    {
        if (Interlocked.Exchange(ref _sleeping, 0) == 1)
            return;
        // Somebody rang: take it back, so that the next sleep is one.
        ulong count;
        _ = Libc.Read(_number, &count, sizeof(ulong));
    }

    /// <summary>Wakes the worker if it sleeps. What it is to find was published before.</summary>
    public void Ring()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _sleeping) == 0 || Interlocked.Exchange(ref _sleeping, 0) == 0)
            return;
        ulong one = 1;
        _ = Libc.Write(_number, &one, sizeof(ulong));
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();
}
