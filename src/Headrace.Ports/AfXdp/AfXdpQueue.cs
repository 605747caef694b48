using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Headrace.Engine;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary>An AF_XDP socket on one queue of an interface.</summary>
internal sealed unsafe partial class AfXdpQueue : PacketQueue, IDisposable
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
        uint filled = _socket.Receive.FilledFrom(out uint index);
        if (filled == 0)
        {
            if (_busyPoll || _socket.Fill.WantsWakeup)
                _socket.Poke();
            return 0;
        }
        ulong source = _port.Ifindex | ((ulong)_index << 32);
        if (_umem.Joined is { } joined)
            return ReceiveJoined(joined, frames, capacity, index, filled, source);
        uint count = Math.Min(filled, (uint)capacity);
        long bytes = Describe((XdpDescriptor*)_socket.Receive.Entries, _socket.Receive.Mask, index, frames, (int)count, _base, source, PortClock.Now);
        _socket.Receive.Consume(count);
        Counters.CountReceived(count, bytes);
        Refill();
        return (int)count;
    }

    /// <inheritdoc/>
    public override void Send(PacketQueue owner, Frame* frames, int count)
    {
        bool takesOver = owner.Memory == _umem;
        bool wholeInPlace = takesOver && _umem.Joined is null;
        uint used = 0;
        long sent = 0, bytes = 0;
        uint free = Room(_umem.Joined is null ? (uint)count : PiecesOf(frames, count), out uint index);
        var descriptors = (XdpDescriptor*)_socket.Transmit.Entries;
        for (int i = 0; i < count; i++)
        {
            if (wholeInPlace)
            {
                int most = Math.Min(count - i, (int)(free - used));
                int inPlace = PutInPlace(frames + i, most, descriptors, _socket.Transmit.Mask, index, _base, ref bytes);
                i += inPlace;
                index += (uint)inPlace;
                used += (uint)inPlace;
                sent += inPlace;
                if (i == count)
                    break;
            }
            Frame* frame = frames + i;
            uint length = (uint)frame->Length;
            bool isInPlace = takesOver && !Umem.IsJoined(frame->Buffer);
            uint pieces = isInPlace ? 1 : PiecesOf(length);
            RefusalCause? refusal =
                pieces > free - used ? IsDown ? RefusalCause.Down : RefusalCause.RingFull :
                length < EthernetHeader ? RefusalCause.TooShort :
                isInPlace ? null :
                pieces > 1 && length > (_umem.Joined?.Room ?? 0) ? RefusalCause.TooLong :
                pieces > (uint)_umem.Free ? RefusalCause.NoBuffer : null;
            if (refusal is { } cause)
            {
                Refuse(cause, takesOver, frame);
                continue;
            }
            if (isInPlace)
                descriptors[_socket.Transmit.Slot(index)] = new XdpDescriptor { Address = (ulong)(frame->Data - _base), Length = length };
            else
            {
                Scatter(frame->Data, length, pieces, index);
                if (takesOver)
                    _umem.Return(frame->Buffer);
            }
            index += pieces;
            used += pieces;
            sent++;
            bytes += length;
        }
        _socket.Transmit.Produce(used);
        _outstanding += used;
        _unkicked += used;
        Counters.CountSent(sent, bytes);
        if (!takesOver)
            owner.Release(frames, count);
    }

    /// <inheritdoc/>
    public override void Release(Frame* frames, int count)
    {
        _umem.Return(frames, count);
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
            new("longer than a buffer", (long)(statistics.ReceiveDropped - noBuffer) + Volatile.Read(ref _tooLong)),
            new("no buffer to join its pieces", Volatile.Read(ref _notJoined)),
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

    // Loops by themselves: inlined into their callers they would keep their variables in memory.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Describe(XdpDescriptor* descriptors, uint mask, uint index, Frame* frames, int count, byte* memory, ulong source, ulong now)
    {
        ulong bytes = 0;
        for (Frame* end = frames + count; frames < end; frames++, index++)
        {
            XdpDescriptor* descriptor = descriptors + (index & mask);
            ulong address = descriptor->Address;
            uint length = descriptor->Length;
            byte* chunk = memory + (address & ~(ulong)(Umem.ChunkSize - 1));
            ReceivedFrame.Describe(frames, chunk, memory + address, length, chunk + Umem.ChunkSize, source, address, now);
            bytes += length;
        }
        return (long)bytes;
    }

    /// <summary>Puts frames of our own memory on the transmit ring, up to the first that is too short.</summary>
    /// <returns>How many.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int PutInPlace(Frame* frames, int count, XdpDescriptor* descriptors, uint mask, uint index, byte* memory, ref long bytes)
    {
        Frame* end = frames + count;
        ulong sum = 0;
        for (; frames < end; frames++, index++)
        {
            byte* data = frames->Data;
            uint length = (uint)(frames->End - data);
            if (length < EthernetHeader)
                break;
            XdpDescriptor* descriptor = descriptors + (index & mask);
            descriptor->Address = (ulong)(data - memory);
            *(ulong*)&descriptor->Length = length; // and no options
            sum += length;
        }
        bytes += (long)sum;
        return count - (int)(end - frames);
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
        _umem.Return((ulong*)_socket.Completion.Entries, _socket.Completion.Mask, index, count);
        _socket.Completion.Consume(count);
        _outstanding -= count;
    }

    private void Refill()
    {
        uint count = Math.Min(_socket.Fill.FreeFrom(uint.MaxValue, out uint index), (uint)_umem.Free);
        if (count == 0)
            return;
        _umem.Take((ulong*)_socket.Fill.Entries, _socket.Fill.Mask, index, count);
        _socket.Fill.Produce(count);
    }

    private void Refuse(RefusalCause cause, bool takesOver, Frame* frame)
    {
        Counters.CountRefused(cause, 1);
        if (takesOver)
            _umem.Return(frame->Buffer);
    }
}
