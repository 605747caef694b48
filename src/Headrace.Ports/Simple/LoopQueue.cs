using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>A queue of <see cref="LoopPort"/>.</summary>
internal sealed unsafe class LoopQueue(LoopPort port, uint index, LoopWire wire, int end) : PacketQueue
{
    private readonly FrameRing _incoming = wire.WrittenBy(1 - end, index);
    private readonly FrameRing _outgoing = wire.WrittenBy(end, index);

    /// <inheritdoc/>
    public override int Unsent => wire.IsConnected ? _outgoing.Count : 0;

    /// <inheritdoc/>
    public override int Receive(Frame* frames, int capacity)
    {
        int count = _incoming.Read(frames, capacity);
        if (count == 0)
            return 0;
        long bytes = 0;
        ulong now = PortClock.Now;
        for (int i = 0; i < count; i++)
        {
            Frame* frame = frames + i;
            // What the frame was on the other side's port is nothing to this one.
            *frame = new Frame
            {
                HardStart = frame->HardStart,
                Meta = frame->Data,
                Data = frame->Data,
                End = frame->End,
                HardEnd = frame->HardEnd,
                IngressIfindex = port.Ifindex,
                RxQueueIndex = index,
                Timestamp = now,
            };
            bytes += frame->Length;
        }
        Counters.CountReceived(count, bytes);
        return count;
    }

    /// <inheritdoc/>
    public override void Send(PacketQueue owner, Frame* frames, int count)
    {
        long sent = 0, bytes = 0;
        bool connected = wire.IsConnected;
        for (int i = 0; i < count; i++)
        {
            int length = frames[i].Length;
            if (!connected)
                Counters.CountRefused(RefusalCause.Down, 1);
            else if (length > _outgoing.MaxFrame)
                Counters.CountRefused(RefusalCause.TooLong, 1);
            else if (!_outgoing.TryWrite(frames + i))
                Counters.CountRefused(RefusalCause.RingFull, 1);
            else
                (sent, bytes) = (sent + 1, bytes + length);
        }
        _outgoing.Publish();
        Counters.CountSent(sent, bytes);
        owner.Release(frames, count);
    }

    /// <inheritdoc/>
    public override void Release(Frame* frames, int count) => _incoming.Release(count);
}
