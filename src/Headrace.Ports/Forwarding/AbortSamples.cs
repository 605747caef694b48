using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>Keeps a few aborted packets for a person to look at, a few a second, so that a flood of them costs nothing.</summary>
internal sealed unsafe class AbortSamples
{
    private const int Kept = 16;
    private const int Bytes = 128;
    private const ulong Interval = 100_000_000; // ns

    private readonly Lock _lock = new();
    private readonly Queue<AbortSample> _samples = new(Kept);
    private ulong _next;

    /// <summary>The last ones, oldest first.</summary>
    public IReadOnlyList<AbortSample> Read()
    {
        lock (_lock)
            return [.. _samples];
    }

    /// <summary>Keeps a packet when it is time for one.</summary>
    public void Offer(Frame* frame, string port, string? reason)
    {
        ulong now = PortClock.Now;
        if (now < Volatile.Read(ref _next))
            return;
        lock (_lock)
        {
            Volatile.Write(ref _next, now + Interval);
            if (_samples.Count == Kept)
                _samples.Dequeue();
            byte[] start = new ReadOnlySpan<byte>(frame->Data, Math.Min(frame->Length, Bytes)).ToArray();
            _samples.Enqueue(new AbortSample(DateTimeOffset.UtcNow, port,
                reason ?? (frame->Verdict == 0 ? "verdict XDP_ABORTED" : $"verdict {frame->Verdict}, which is none"), start, frame->Length));
        }
    }
}
