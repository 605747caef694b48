using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>The way from one worker to another: a ring, and a bell for a reader that sleeps.</summary>
/// <param name="ring">The ring.</param>
/// <param name="bell">The reader's bell.</param>
internal sealed unsafe class Handoff(FrameRing ring, Bell bell) : IDisposable
{
    private bool _added;

    /// <summary>The reader's end.</summary>
    public HandoffQueue Queue { get; } = new(ring);

    /// <summary>Frames on the way.</summary>
    public int Count => ring.Count;

    /// <summary>Copies a frame over, or counts why not; <see cref="Publish"/> shows it. The frame stays the caller's.</summary>
    public void Add(Frame* frame, ulong tag, WorkerCounters counters)
    {
        if (frame->Length > ring.MaxFrame)
            counters.CountRefused(RefusalCause.TooLong, 1);
        else if (!ring.TryWrite(frame, tag))
            counters.CountRefused(RefusalCause.WorkerFull, 1);
        else
            _added = true;
    }

    /// <summary>Shows the other worker what was added, if anything was.</summary>
    public void Publish()
    {
        if (!_added)
            return;
        _added = false;
        ring.Publish();
        bell.Ring();
    }

    /// <inheritdoc/>
    public void Dispose() => ring.Dispose();
}
