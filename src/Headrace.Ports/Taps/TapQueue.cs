using System.Runtime.InteropServices;
using Headrace.Engine;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary>A queue of a TAP interface: a system call a frame.</summary>
internal sealed unsafe class TapQueue(IPacketPort port, uint index, TapDevice device, int maxFrame) : PacketQueue, IDisposable
{
    private const int Buffers = 256;
    private const int EthernetHeader = 14;
    private const int TryAgain = 11, InputOutput = 5, NoBuffers = 105; // EAGAIN, EIO (the interface is down), ENOBUFS

    private readonly BufferPool _pool = new(Buffers, maxFrame);
    private bool _disposed;

    /// <summary>True when the interface was down at the last write.</summary>
    public bool IsDown { get; private set; }

    /// <inheritdoc/>
    public override SafeHandle ReadyHandle => device.Descriptor;

    /// <inheritdoc/>
    public override int Receive(Frame* frames, int capacity)
    {
        int count = 0;
        long bytes = 0;
        ulong now = PortClock.Now;
        while (count < capacity && _pool.Free > 0)
        {
            Frame frame = _pool.Rent();
            int length = device.Read(frame.Data, _pool.MaxFrame);
            if (length <= 0)
            {
                _pool.Return(&frame, 1);
                break;
            }
            frame.End += length;
            frame.IngressIfindex = port.Ifindex;
            frame.RxQueueIndex = index;
            frame.Timestamp = now;
            frames[count++] = frame;
            bytes += length;
        }
        Counters.CountReceived(count, bytes);
        return count;
    }

    /// <inheritdoc/>
    public override void Send(PacketQueue owner, Frame* frames, int count)
    {
        long sent = 0, bytes = 0;
        for (int i = 0; i < count; i++)
        {
            int length = frames[i].Length;
            if (length < EthernetHeader)
            {
                Counters.CountRefused(RefusalCause.TooShort, 1);
                continue;
            }
            if (length > maxFrame)
            {
                Counters.CountRefused(RefusalCause.TooLong, 1);
                continue;
            }
            int error = device.Write(frames[i].Data, length);
            IsDown = error == InputOutput;
            if (error == 0)
                (sent, bytes) = (sent + 1, bytes + length);
            else
                Counters.CountRefused(IsDown ? RefusalCause.Down : error is TryAgain or NoBuffers ? RefusalCause.RingFull : RefusalCause.System, 1);
        }
        Counters.CountSent(sent, bytes);
        owner.Release(frames, count);
    }

    /// <inheritdoc/>
    public override void Release(Frame* frames, int count) => _pool.Return(frames, count);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        device.Dispose();
        _pool.Dispose();
    }
}
