using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>A queue of <see cref="NullPort"/>.</summary>
internal sealed unsafe class NullQueue : PacketQueue, IDisposable
{
    private const int Buffers = 1024;

    private readonly NullPort _port;
    private readonly uint _index;
    private readonly int _size;
    private readonly BufferPool? _pool;

    public NullQueue(NullPort port, int index, int size)
    {
        (_port, _index, _size) = (port, (uint)index, size);
        _pool = size > 0 ? new BufferPool(Buffers, size) : null;
    }

    /// <inheritdoc/>
    public override int Receive(Frame* frames, int capacity)
    {
        if (_pool is null)
            return 0;
        int count = Math.Min(capacity, _pool.Free);
        ulong now = PortClock.Now;
        for (int i = 0; i < count; i++)
        {
            frames[i] = _pool.Rent();
            frames[i].End += _size;
            frames[i].IngressIfindex = _port.Ifindex;
            frames[i].RxQueueIndex = _index;
            frames[i].Timestamp = now;
        }
        Counters.CountReceived(count, (long)count * _size);
        return count;
    }

    /// <inheritdoc/>
    public override void Send(PacketQueue owner, Frame* frames, int count)
    {
        long bytes = 0;
        for (int i = 0; i < count; i++)
            bytes += frames[i].Length;
        Counters.CountSent(count, bytes);
        owner.Release(frames, count);
    }

    /// <inheritdoc/>
    public override void Release(Frame* frames, int count) => _pool!.Return(frames, count);

    /// <inheritdoc/>
    public void Dispose() => _pool?.Dispose();
}
