using System.Runtime.InteropServices;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary>Everything that wakes a sleeping worker, for one poll(2).</summary>
internal sealed unsafe class WakeSet
{
    // Often enough for handshakes and timers, seldom enough to cost nothing.
    private const int LongestSleep = 50;

    // A descriptor that is always readable without a frame (an interface that is down) must not keep the worker awake.
    private const int FalseAlarms = 8;

    private readonly PollDescriptor[] _descriptors;
    private readonly int _milliseconds;
    private readonly TimeSpan _nap;
    private int _alarms;

    /// <summary>Collects the bell and the queues that can tell when they are ready.</summary>
    /// <param name="bell">The worker's bell.</param>
    /// <param name="queues">Its queues.</param>
    /// <param name="nap">How long to sleep where some queue cannot tell.</param>
    public WakeSet(Bell bell, IReadOnlyCollection<PacketQueue> queues, TimeSpan nap)
    {
        _nap = nap;
        SafeHandle?[] handles = [bell.ReadyHandle, .. queues.Select(queue => queue.ReadyHandle)];
        _descriptors = [.. handles.OfType<SafeHandle>().Select(handle => new PollDescriptor
        {
            Descriptor = (int)handle.DangerousGetHandle(), // the queues outlive the worker
            Wanted = PollDescriptor.Readable,
        })];
        _milliseconds = handles.Contains(null) ? Math.Max(1, (int)nap.TotalMilliseconds) : LongestSleep;
    }

    /// <summary>The worker found frames: whatever woke it was right.</summary>
    public void FoundWork() => _alarms = 0;

    /// <summary>Sleeps until a queue is ready, the bell rings, or it is time to look.</summary>
    public void Wait()
    {
        if (_alarms >= FalseAlarms)
            Thread.Sleep(_nap);
        fixed (PollDescriptor* descriptors = _descriptors)
            _alarms = Libc.Poll(descriptors, (nuint)_descriptors.Length, _milliseconds) > 0 ? _alarms + 1 : 0;
    }
}
