using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>A way a frame can go from one worker: a queue of its own, another worker's ring, or nowhere.</summary>
/// <remarks>The frames of a burst that go this way are gathered here, then sent at once.</remarks>
internal sealed unsafe class Destination : IDisposable
{
    private readonly FrameArray _gathered;
    private readonly WorkerCounters _counters;
    private readonly Outcome? _outcome;
    private readonly PacketQueue? _queue;
    private readonly Handoff? _handoff;
    private readonly ulong _tag;
    private readonly RefusalCause? _refusal;

    private Destination(WorkerCounters counters, int burst, Outcome? outcome, PacketQueue? queue, Handoff? handoff, ulong tag, RefusalCause? refusal)
    {
        (_counters, _outcome, _queue, _handoff, _tag, _refusal) = (counters, outcome, queue, handoff, tag, refusal);
        _gathered = new FrameArray(burst);
    }

    /// <summary>Frames gathered and not yet sent.</summary>
    public int Count { get; private set; }

    /// <summary>The frames gathered last: their descriptions stay after they were sent.</summary>
    public Frame* Frames => _gathered.Frames;

    /// <summary>The queue, for a flush after sending; null when there is none.</summary>
    public PacketQueue? Queue => _queue;

    /// <summary>Frames that end here and go back to where they came from.</summary>
    public static Destination Ends(WorkerCounters counters, int burst, Outcome outcome) => new(counters, burst, outcome, null, null, 0, null);

    /// <summary>Frames that cannot go where they should.</summary>
    public static Destination Refuses(WorkerCounters counters, int burst, RefusalCause cause) => new(counters, burst, null, null, null, 0, cause);

    /// <summary>Frames that were copied to another worker, which counts them.</summary>
    public static Destination ReleasesOnly(WorkerCounters counters, int burst) => new(counters, burst, null, null, null, 0, null);

    /// <summary>Frames that a queue of this worker's sends.</summary>
    public static Destination Sends(WorkerCounters counters, int burst, Outcome outcome, PacketQueue queue) => new(counters, burst, outcome, queue, null, 0, null);

    /// <summary>Frames that another worker goes on with.</summary>
    public static Destination HandsOver(WorkerCounters counters, int burst, Handoff handoff, HandoffTag tag) =>
        new(counters, burst, null, null, handoff, tag.Value, null);

    /// <summary>Adds a frame to those that go this way; there is room for a burst.</summary>
    public void Gather(Frame* frame) => _gathered.Frames[Count++] = *frame;

    /// <summary>Sends what was gathered.</summary>
    public int SendGathered(PacketQueue owner)
    {
        int count = Count;
        Count = 0;
        Send(owner, _gathered.Frames, count);
        return count;
    }

    /// <summary>Sends frames this way.</summary>
    public void Send(PacketQueue owner, Frame* frames, int count)
    {
        if (_queue is not null)
        {
            long before = _queue.Counters.Sent;
            _queue.Send(owner, frames, count);
            _counters.Count(_outcome!.Value, _queue.Counters.Sent - before);
            return;
        }
        if (_handoff is not null)
            HandOver(frames, count);
        else if (_refusal is { } cause)
            _counters.CountRefused(cause, count);
        else if (_outcome is { } outcome)
            _counters.Count(outcome, count);
        owner.Release(frames, count);
    }

    private void HandOver(Frame* frames, int count)
    {
        for (int i = 0; i < count; i++)
            _handoff!.Add(frames + i, _tag, _counters);
        _handoff!.Publish();
    }

    /// <inheritdoc/>
    public void Dispose() => _gathered.Dispose();
}
