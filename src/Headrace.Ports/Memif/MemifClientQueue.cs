using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>
/// A memif queue of the client, who owns the memory: buffers move between the rings and the program without a copy. What the server may write
/// (lengths, the tails) is checked; where a buffer is, is remembered here and never read back.
/// </summary>
internal sealed unsafe class MemifClientQueue : MemifQueue
{
    private const ulong IsJoined = 1UL << 63;

    private readonly PeerBuffers _buffers;
    private readonly PeerBuffers _joined;
    private readonly byte* _region;
    private readonly uint* _receiveSlots;
    private readonly uint* _sendSlots;
    private readonly uint _ringMask;
    private bool _mustReset;
    private ushort _receiveHead;
    private ushort _receiveTail;
    private ushort _sendHead;
    private ushort _sendTail;
    private bool _unsignalled;

    /// <summary>Makes a queue without a connection.</summary>
    /// <param name="region">Start of the memory announced as region 0.</param>
    /// <param name="buffers">The queue's buffers in it.</param>
    /// <param name="ringSize">Descriptors of its rings.</param>
    public MemifClientQueue(byte* region, PeerBuffers buffers, uint ringSize)
    {
        _region = region;
        _buffers = buffers;
        _joined = new PeerBuffers(16, PeerBuffers.StrideFor(PacketBurst.MaxLength));
        _receiveSlots = (uint*)NativeMemory.AllocZeroed(ringSize, sizeof(uint));
        _sendSlots = (uint*)NativeMemory.AllocZeroed(ringSize, sizeof(uint));
        _ringMask = ringSize - 1;
    }

    /// <inheritdoc/>
    public override int Unsent
    {
        get
        {
            if (!Gate.TryEnter())
                return 0;
            int unsent = Sending is { } ring && !_mustReset ? (ushort)(_sendHead - ring.Tail) : 0;
            Gate.Exit();
            return Math.Min(unsent, (int)_ringMask + 1);
        }
    }

    /// <inheritdoc/>
    public override int Receive(Frame* frames, int capacity)
    {
        if (!Gate.TryEnter())
            return 0;
        int count = 0;
        if (Receiving is { } ring)
        {
            if (_mustReset)
                Reset();
            count = Receive(ring, frames, capacity);
        }
        Gate.Exit();
        return count;
    }

    /// <inheritdoc/>
    public override void Send(PacketQueue owner, Frame* frames, int count)
    {
        if (!Gate.TryEnter())
        {
            RefuseAll(RefusalCause.Down, owner, frames, count);
            return;
        }
        if (Sending is { } ring)
        {
            if (_mustReset)
                Reset();
            Send(ring, frames, count, isOwn: owner == this);
        }
        else
        {
            Counters.CountRefused(RefusalCause.Down, count);
            if (owner == this)
                Return(frames, count);
        }
        Gate.Exit();
        if (owner != this)
            owner.Release(frames, count);
    }

    /// <inheritdoc/>
    public override void Release(Frame* frames, int count) => Return(frames, count);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _buffers.Dispose();
        _joined.Dispose();
        NativeMemory.Free(_receiveSlots);
        NativeMemory.Free(_sendSlots);
    }

    /// <inheritdoc/>
    protected override void OnAttached() => _mustReset = true;

    /// <inheritdoc/>
    protected override void OnDetaching(MemifConnection connection) { }

    /// <inheritdoc/>
    protected override bool TakeUnsignalled()
    {
        bool unsignalled = _unsignalled;
        _unsignalled = false;
        return unsignalled;
    }

    /// <summary>Takes the buffers back that a former server held in the rings. The worker does it, since buffers are its own.</summary>
    private void Reset()
    {
        for (; _receiveTail != _receiveHead; _receiveTail++)
            _buffers.Return(_receiveSlots[_receiveTail & _ringMask]);
        for (; _sendTail != _sendHead; _sendTail++)
            _buffers.Return(_sendSlots[_sendTail & _ringMask]);
        _receiveHead = _receiveTail = _sendHead = _sendTail = 0;
        _mustReset = false;
        if (Receiving is { } ring)
            Refill(ring);
    }

    private int Receive(MemifRing ring, Frame* frames, int capacity)
    {
        uint available = (ushort)(ring.Tail - _receiveTail);
        if (available > (ushort)(_receiveHead - _receiveTail))
        {
            Fault($"it moved the tail of a ring beyond its head");
            return 0;
        }
        if (available == 0)
        {
            Refill(ring);
            return 0;
        }
        ulong now = PortClock.Now;
        long bytes = 0;
        int count = 0;
        ushort tail = _receiveTail;
        while (count < capacity && available > 0)
        {
            ulong word = ring.Descriptor(tail)->Word;
            uint length = MemifDescriptor.LengthOf(word);
            Frame* frame = frames + count;
            if ((word & MemifDescriptor.Next) == 0)
            {
                uint index = _receiveSlots[tail & _ringMask];
                tail++;
                available--;
                if (length - ShortestFrame > _buffers.Room - ShortestFrame)
                {
                    CountUnusable(length);
                    _buffers.Return(index);
                    continue;
                }
                byte* buffer = _buffers[index];
                Describe(frame, buffer, buffer + PeerBuffers.Headroom, length, buffer + _buffers.Stride, index, now);
            }
            else
            {
                uint used = Join(ring, tail, available, frame, now, out bool taken);
                if (used == 0)
                    break;
                tail += (ushort)used;
                available -= used;
                if (!taken)
                    continue;
                length = (uint)frame->Length;
            }
            bytes += length;
            count++;
        }
        _receiveTail = tail;
        Refill(ring);
        Counters.CountReceived(count, bytes);
        return count;
    }

    /// <summary>Offers free buffers to the server.</summary>
    private void Refill(MemifRing ring)
    {
        ushort head = _receiveHead;
        uint room = _ringMask + 1 - (ushort)(head - _receiveTail);
        for (; room > 0 && _buffers.TryTake(out uint index); room--, head++)
        {
            _receiveSlots[head & _ringMask] = index;
            ring.Descriptor(head)->Set(0, OffsetOf(_buffers[index] + PeerBuffers.Headroom), _buffers.Room);
        }
        if (head == _receiveHead)
            return;
        _receiveHead = head;
        ring.Head = head;
    }

    /// <summary>Puts a packet that came in several buffers into one piece.</summary>
    /// <returns>Descriptors used; 0 after a fault, or when no buffer is free, which leaves the packet where it is.</returns>
    private uint Join(MemifRing ring, ushort tail, uint available, Frame* frame, ulong now, out bool taken)
    {
        taken = false;
        if (!_joined.TryTake(out uint joined))
            return 0;
        byte* buffer = _joined[joined];
        uint total = 0, used = 0;
        ulong word;
        do
        {
            if (used == available)
            {
                Fault("a chain of descriptors has no end");
                _joined.Return(joined);
                return 0;
            }
            word = ring.Descriptor((uint)tail + used)->Word;
            uint index = _receiveSlots[(uint)(tail + used) & _ringMask];
            uint length = MemifDescriptor.LengthOf(word);
            if (length > _buffers.Room)
                total = uint.MaxValue;
            else if (total <= PacketBurst.MaxLength - length)
            {
                PacketCopy.Copy(buffer + PeerBuffers.Headroom + total, _buffers[index] + PeerBuffers.Headroom, length);
                total += length;
            }
            else
                total = uint.MaxValue;
            used++;
        }
        while ((word & MemifDescriptor.Next) != 0);
        for (uint i = 0; i < used; i++)
            _buffers.Return(_receiveSlots[(uint)(tail + i) & _ringMask]);
        if (total - ShortestFrame > PacketBurst.MaxLength - ShortestFrame)
        {
            CountUnusable(total);
            _joined.Return(joined);
            return used;
        }
        Describe(frame, buffer, buffer + PeerBuffers.Headroom, total, buffer + _joined.Stride, IsJoined | joined, now);
        taken = true;
        return used;
    }

    private void Send(MemifRing ring, Frame* frames, int count, bool isOwn)
    {
        if (!Reclaim(ring))
        {
            Counters.CountRefused(RefusalCause.Down, count);
            if (isOwn)
                Return(frames, count);
            return;
        }
        long bytes = 0;
        int sent = 0;
        ushort head = _sendHead;
        uint free = _ringMask + 1 - (ushort)(head - _sendTail);
        for (int i = 0; i < count; i++)
        {
            Frame* frame = frames + i;
            uint length = (uint)frame->Length, used = 1;
            if (free == 0)
            {
                Counters.CountRefused(RefusalCause.RingFull, 1);
            }
            else if (isOwn && frame->Buffer < _buffers.Count)
            {
                Put(ring, head, (uint)frame->Buffer, frame->Data, length, 0);
                head++;
                free--;
                sent++;
                bytes += length;
                continue;
            }
            else if (length <= _buffers.Room && _buffers.TryTake(out uint index))
            {
                byte* to = _buffers[index] + PeerBuffers.Headroom;
                PacketCopy.Copy(to, frame->Data, length);
                Put(ring, head, index, to, length, 0);
            }
            else if ((used = Split(ring, head, free, frame->Data, length)) == 0)
            {
                Counters.CountRefused(_buffers.Free == 0 ? RefusalCause.NoBuffer : RefusalCause.RingFull, 1);
            }
            if (free > 0 && used > 0)
            {
                head += (ushort)used;
                free -= used;
                sent++;
                bytes += length;
            }
            if (isOwn)
                Return(frame, 1);
        }
        if (head != _sendHead)
        {
            _sendHead = head;
            ring.Head = head;
            _unsignalled = true;
        }
        Counters.CountSent(sent, bytes);
    }

    /// <summary>Takes back the buffers that the server has done with.</summary>
    private bool Reclaim(MemifRing ring)
    {
        uint done = (ushort)(ring.Tail - _sendTail);
        if (done > (ushort)(_sendHead - _sendTail))
        {
            Fault("it moved the tail of a ring beyond its head");
            return false;
        }
        for (; done > 0; done--, _sendTail++)
            _buffers.Return(_sendSlots[_sendTail & _ringMask]);
        return true;
    }

    /// <summary>Copies a packet that is longer than a buffer into several.</summary>
    /// <returns>Descriptors used; 0 when descriptors or buffers do not suffice.</returns>
    private uint Split(MemifRing ring, ushort head, uint free, byte* from, uint length)
    {
        uint needed = (length + _buffers.Room - 1) / _buffers.Room;
        if (needed > free || needed > _buffers.Free)
            return 0;
        uint done = 0;
        for (uint i = 0; i < needed; i++)
        {
            _ = _buffers.TryTake(out uint index);
            uint piece = Math.Min(_buffers.Room, length - done);
            byte* to = _buffers[index] + PeerBuffers.Headroom;
            PacketCopy.Copy(to, from + done, piece);
            done += piece;
            Put(ring, (ushort)(head + i), index, to, piece, done < length ? MemifDescriptor.Next : 0);
        }
        return needed;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Put(MemifRing ring, ushort head, uint index, byte* data, uint length, ulong flags)
    {
        _sendSlots[head & _ringMask] = index;
        ring.Descriptor(head)->Set(0, OffsetOf(data), length, flags);
    }

    private uint OffsetOf(byte* address) => (uint)(address - _region);

    private void Return(Frame* frames, int count)
    {
        for (int i = 0; i < count; i++)
        {
            ulong buffer = frames[i].Buffer;
            if ((buffer & IsJoined) == 0)
                _buffers.Return((uint)buffer);
            else
                _joined.Return((uint)buffer);
        }
    }
}
