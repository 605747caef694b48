using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>A queue that receives from a packet source and sends to a capture file; either may be missing.</summary>
internal sealed unsafe class SourceQueue(IPacketPort port, PacketSource? source, CaptureWriter? writer, int maxFrame) : PacketQueue, IDisposable
{
    private const int Buffers = 256;

    private const string TooLong = "longer than a packet buffer";

    private readonly BufferPool _pool = new(source is null ? 1 : Buffers, maxFrame);
    private long _tooLong;

    /// <summary>Why nothing is received or written any more; null while all is well. The end of the source is no failure.</summary>
    public string? Failure { get; private set; }

    /// <summary>True when the source has no more packets.</summary>
    public bool IsAtEnd { get; private set; }

    /// <inheritdoc/>
    public override int Receive(Frame* frames, int capacity)
    {
        if (source is null || IsAtEnd)
            return 0;
        int count = 0;
        long bytes = 0;
        ulong now = PortClock.Now;
        while (count < capacity && _pool.Free > 0 && TryRead(out Packet packet))
        {
            if (packet.Data.Length > _pool.MaxFrame)
            {
                Volatile.Write(ref _tooLong, _tooLong + 1);
                continue;
            }
            Frame* frame = frames + count++;
            *frame = _pool.Rent();
            packet.Data.CopyTo(new Span<byte>(frame->Data, packet.Data.Length));
            frame->End += packet.Data.Length;
            frame->IngressIfindex = port.Ifindex;
            frame->Timestamp = now;
            bytes += packet.Data.Length;
        }
        Counters.CountReceived(count, bytes);
        return count;
    }

    /// <inheritdoc/>
    public override void Send(PacketQueue owner, Frame* frames, int count)
    {
        long sent = 0, bytes = 0;
        try
        {
            for (; sent < count && Failure is null; sent++)
            {
                writer?.Write(WallClock(), new ReadOnlySpan<byte>(frames[sent].Data, frames[sent].Length));
                bytes += frames[sent].Length;
            }
        }
        catch (CaptureException error)
        {
            Failure = error.Message;
        }
        Counters.CountSent(sent, bytes);
        Counters.CountRefused(RefusalCause.System, count - sent);
        owner.Release(frames, count);
    }

    /// <inheritdoc/>
    public override void Release(Frame* frames, int count) => _pool.Return(frames, count);

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, long>> ReadMissed() => [new(TooLong, Volatile.Read(ref _tooLong))];

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            writer?.Dispose();
        }
        finally
        {
            source?.Dispose();
            _pool.Dispose();
        }
    }

    private bool TryRead(out Packet packet)
    {
        packet = default;
        try
        {
            IsAtEnd = !source!.TryRead(out packet);
        }
        catch (CaptureException error)
        {
            Failure = error.Message;
            IsAtEnd = true;
        }
        return !IsAtEnd;
    }

    private static ulong WallClock() => (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
}
