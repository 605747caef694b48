using System.Runtime.InteropServices;
using Headrace.Engine;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary>An AF_XDP socket on one queue of an interface.</summary>
internal sealed unsafe class AfXdpQueue : PacketQueue, IDisposable
{
    private const int NetworkDown = 100, NoDevice = 19, NoAddress = 6; // ENETDOWN, ENODEV, ENXIO
    private const int EthernetHeader = 14;

    // A full ring is looked at again after a kick; a device that takes nothing for so many is full.
    private const int FullRingKicks = 16;

    private readonly IPacketPort _port;
    private readonly uint _index;
    private readonly XdpSocket _socket;
    private readonly Umem _umem;
    private readonly byte* _base;
    private readonly bool _busyPoll;
    private uint _outstanding;
    private uint _unkicked;
    private bool _disposed;

    public AfXdpQueue(IPacketPort port, uint index, XdpSocket socket, Umem umem, bool busyPoll)
    {
        (_port, _index, _socket, _umem, _busyPoll) = (port, index, socket, umem, busyPoll);
        _base = umem.Memory.Address;
        Refill();
    }

    /// <inheritdoc/>
    public override object Memory => _umem;

    /// <inheritdoc/>
    public override SafeHandle ReadyHandle => _socket.Descriptor;

    /// <inheritdoc/>
    public override int Unsent => (int)_outstanding;

    /// <summary>True when the interface was down or gone at the last call.</summary>
    public bool IsDown { get; private set; }

    /// <summary>The socket's descriptor number, for the map that steers packets to it.</summary>
    public int DescriptorValue => _socket.Descriptor.Value;

    /// <inheritdoc/>
    public override int Receive(Frame* frames, int capacity)
    {
        uint count = Math.Min(_socket.Receive.FilledFrom(out uint index), (uint)capacity);
        if (count == 0)
        {
            if (_busyPoll || _socket.Fill.WantsWakeup)
                _socket.Poke();
            return 0;
        }
        var descriptors = (XdpDescriptor*)_socket.Receive.Entries;
        ulong now = PortClock.Now;
        long bytes = 0;
        for (uint i = 0; i < count; i++)
        {
            XdpDescriptor descriptor = descriptors[_socket.Receive.Slot(index + i)];
            byte* data = _base + descriptor.Address;
            byte* chunk = _base + (descriptor.Address & ~(ulong)(Umem.ChunkSize - 1));
            frames[i] = new Frame
            {
                HardStart = chunk,
                Meta = data,
                Data = data,
                End = data + descriptor.Length,
                HardEnd = chunk + Umem.ChunkSize,
                IngressIfindex = _port.Ifindex,
                RxQueueIndex = _index,
                Timestamp = now,
                Buffer = descriptor.Address,
            };
            bytes += descriptor.Length;
        }
        _socket.Receive.Consume(count);
        Counters.CountReceived(count, bytes);
        Refill();
        return (int)count;
    }

    /// <inheritdoc/>
    public override void Send(PacketQueue owner, Frame* frames, int count)
    {
        bool takesOver = owner.Memory == _umem;
        long sent = 0, bytes = 0;
        uint free = Room((uint)count, out uint index);
        var descriptors = (XdpDescriptor*)_socket.Transmit.Entries;
        for (int i = 0; i < count; i++)
        {
            Frame* frame = frames + i;
            uint length = (uint)frame->Length;
            ulong address = (ulong)(frame->Data - _base);
            if (sent == free)
            {
                Refuse(IsDown ? RefusalCause.Down : RefusalCause.RingFull, takesOver, frame);
                continue;
            }
            if (length < EthernetHeader)
            {
                Refuse(RefusalCause.TooShort, takesOver, frame);
                continue;
            }
            if (!takesOver)
            {
                if (length > Umem.ChunkSize - PacketBurst.Headroom)
                {
                    Refuse(RefusalCause.TooLong, takesOver, frame);
                    continue;
                }
                if (_umem.Free == 0)
                {
                    Refuse(RefusalCause.NoBuffer, takesOver, frame);
                    continue;
                }
                address = _umem.Take() + PacketBurst.Headroom;
                Buffer.MemoryCopy(frame->Data, _base + address, Umem.ChunkSize - PacketBurst.Headroom, length);
            }
            descriptors[_socket.Transmit.Slot(index++)] = new XdpDescriptor { Address = address, Length = length };
            sent++;
            bytes += length;
        }
        _socket.Transmit.Produce((uint)sent);
        _outstanding += (uint)sent;
        _unkicked += (uint)sent;
        Counters.CountSent(sent, bytes);
        if (!takesOver)
            owner.Release(frames, count);
    }

    /// <inheritdoc/>
    public override void Release(Frame* frames, int count)
    {
        for (int i = 0; i < count; i++)
            _umem.Return(frames[i].Buffer);
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        if (_outstanding == 0)
            return;
        if (_unkicked > 0 || _socket.Transmit.Pending > 0)
            Kick();
        Reap();
        Refill();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, long>> ReadMissed()
    {
        if (_disposed)
            return [];
        XdpStatistics statistics = _socket.ReadStatistics();
        // In copy mode, a packet that finds the fill ring empty is counted as dropped as well.
        ulong noBuffer = Math.Min(statistics.FillRingEmpty, statistics.ReceiveDropped);
        return
        [
            new("receive ring full", (long)statistics.ReceiveRingFull),
            new("no buffer on the fill ring", (long)noBuffer),
            new("longer than a buffer", (long)(statistics.ReceiveDropped - noBuffer)),
            new("invalid receive descriptor", (long)statistics.ReceiveInvalid),
            new("invalid transmit descriptor", (long)statistics.TransmitInvalid),
        ];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (_umem.Owner != _socket)
            _socket.Dispose();
        _umem.Dispose();
    }

    // Room on the transmit ring; when there is too little, the kernel is made to take what is there first.
    private uint Room(uint wanted, out uint index)
    {
        uint free = _socket.Transmit.FreeFrom(wanted, out index);
        for (int kicks = 0; free < wanted && kicks < FullRingKicks && !IsDown; kicks++)
        {
            Kick();
            Reap();
            free = _socket.Transmit.FreeFrom(wanted, out index);
        }
        return free;
    }

    private void Kick()
    {
        _unkicked = 0;
        if (!_socket.Transmit.WantsWakeup)
            return;
        int error = _socket.Kick();
        IsDown = error is NetworkDown or NoDevice or NoAddress;
    }

    private void Reap()
    {
        uint count = _socket.Completion.FilledFrom(out uint index);
        if (count == 0)
            return;
        var addresses = (ulong*)_socket.Completion.Entries;
        for (uint i = 0; i < count; i++)
            _umem.Return(addresses[_socket.Completion.Slot(index + i)]);
        _socket.Completion.Consume(count);
        _outstanding -= count;
    }

    private void Refill()
    {
        uint count = Math.Min(_socket.Fill.FreeFrom(uint.MaxValue, out uint index), (uint)_umem.Free);
        if (count == 0)
            return;
        var addresses = (ulong*)_socket.Fill.Entries;
        for (uint i = 0; i < count; i++)
            addresses[_socket.Fill.Slot(index + i)] = _umem.Take();
        _socket.Fill.Produce(count);
    }

    private void Refuse(RefusalCause cause, bool takesOver, Frame* frame)
    {
        Counters.CountRefused(cause, 1);
        if (takesOver)
            _umem.Return(frame->Buffer);
    }
}
