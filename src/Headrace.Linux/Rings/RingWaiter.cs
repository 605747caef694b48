using System.Threading.Tasks.Sources;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>Lets asynchronous code wait for descriptors to be readable without a thread of the pool and without allocating: one thread of its own polls.</summary>
internal sealed unsafe class RingWaiter : IValueTaskSource<bool>, IDisposable
{
    // How long a cancelled or disposed reader may go unnoticed by the polling thread.
    private const int PollMilliseconds = 50;

    private readonly Descriptor[] _descriptors;
    private readonly SemaphoreSlim _asked = new(0);
    private readonly Thread _thread;
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private CancellationToken _cancellation;
    private volatile bool _ended;

    public RingWaiter(params Descriptor[] descriptors)
    {
        _descriptors = descriptors;
        _thread = new Thread(Poll) { IsBackground = true, Name = "ring waiter" };
        _thread.Start();
    }

    /// <summary>Waits, blocking, until one of the descriptors is readable.</summary>
    /// <returns>False when the time was over.</returns>
    public static bool Wait(ReadOnlySpan<Descriptor> descriptors, int milliseconds)
    {
        PollEntry* entries = stackalloc PollEntry[descriptors.Length];
        for (int i = 0; i < descriptors.Length; i++)
            entries[i] = new PollEntry { Descriptor = descriptors[i].Value, Events = PollEntry.Readable };
        // A signal of the runtime ends the wait early: the caller looks and waits again.
        return Libc.Poll(entries, (nuint)descriptors.Length, milliseconds) > 0;
    }

    /// <summary>Waits until one of the descriptors is readable; false when the reader was cancelled or disposed of. One wait at a time.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellation)
    {
        _cancellation = cancellation;
        _source.Reset();
        var task = new ValueTask<bool>(this, _source.Version);
        _asked.Release();
        return task;
    }

    public bool GetResult(short token) => _source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    public void Dispose()
    {
        if (_ended)
            return;
        _ended = true;
        _asked.Release();
        if (Thread.CurrentThread != _thread)
            _thread.Join();
        _asked.Dispose();
    }

    private void Poll()
    {
        while (true)
        {
            _asked.Wait();
            if (_ended && _source.GetStatus(_source.Version) != ValueTaskSourceStatus.Pending)
                return;
            bool readable = false;
            while (!readable && !_ended && !_cancellation.IsCancellationRequested)
                readable = Wait(_descriptors, PollMilliseconds);
            _source.SetResult(readable && !_cancellation.IsCancellationRequested);
            if (_ended)
                return;
        }
    }
}
