using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>A memif queue of the server: all memory is the client's. Frames are lent where they lie, or copied when programs want room before them.</summary>
internal sealed unsafe class MemifServerQueue : MemifQueue
{
    private const ulong IsCopy = 1UL << 63;

    private readonly PeerBuffers _copies;
    private readonly byte* _returned = (byte*)NativeMemory.AllocZeroed(1u << MemifRing.MaxLog2Size);
    private readonly List<Retired> _retired = [];
    private readonly bool _inPlace;
    private uint _epoch;
    private uint _lent;
    private ushort _next;
    private ushort _tail;
    private ushort _sendTail;
    private uint _offered;
    private bool _unsignalled;

    /// <summary>Makes a queue without a connection.</summary>
    /// <param name="maxFrame">Longest frame it copies.</param>
    /// <param name="inPlace">True to lend frames where they lie.</param>
    public MemifServerQueue(uint maxFrame, bool inPlace)
    {
        _inPlace = inPlace;
        _copies = new PeerBuffers(inPlace ? 64u : 1024u, PeerBuffers.StrideFor(maxFrame));
    }

    /// <inheritdoc/>
    public override int Unsent
    {
        get
        {
            if (!Gate.TryEnter())
                return 0;
            // The client does not say what it took, but it offers a new buffer for each.
            int unsent = Sending is { } ring ? (int)_offered - (ushort)(ring.Head - _sendTail) : 0;
            Gate.Exit();
            return Math.Max(unsent, 0);
        }
    }

    /// <inheritdoc/>
    public override int Receive(Frame* frames, int capacity)
    {
        if (!Gate.TryEnter())
            return 0;
        int count = Receiving is { } ring ? Receive(ring, frames, capacity) : 0;
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
            Send(ring, frames, count);
        else
            Counters.CountRefused(RefusalCause.Down, count);
        Gate.Exit();
        owner.Release(frames, count);
    }

    /// <inheritdoc/>
    public override void Release(Frame* frames, int count)
    {
        Gate.Enter();
        ulong epoch = (ulong)_epoch << 32;
        for (int i = 0; i < count; i++)
        {
            ulong buffer = frames[i].Buffer;
            if ((buffer & IsCopy) != 0)
                _copies.Return((uint)buffer);
            else if ((buffer & ~0xffffffffUL) != epoch || Connection is null)
                ReleaseRetired((uint)(buffer >> 32));
            else
            {
                _returned[(uint)buffer & ((1u << MemifRing.MaxLog2Size) - 1)] = 1;
                _lent--;
            }
        }
        if (Receiving is { } ring)
            PublishReturned(ring);
        Gate.Exit();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _copies.Dispose();
        NativeMemory.Free(_returned);
    }

    /// <inheritdoc/>
    protected override void OnAttached()
    {
        _epoch++;
        _lent = 0;
        _next = _tail = Receiving?.Tail ?? 0;
        _sendTail = Sending?.Tail ?? 0;
        _offered = 0;
        NativeMemory.Clear(_returned, 1u << MemifRing.MaxLog2Size);
    }

    /// <inheritdoc/>
    protected override void OnDetaching(MemifConnection connection)
    {
        if (_lent == 0)
            return;
        connection.AddReference();
        _retired.Add(new Retired(_epoch, connection) { Lent = _lent });
        _lent = 0;
        _epoch++;
    }

    /// <inheritdoc/>
    protected override bool TakeUnsignalled()
    {
        bool unsignalled = _unsignalled;
        _unsignalled = false;
        return unsignalled;
    }

    private int Receive(MemifRing ring, Frame* frames, int capacity)
    {
        uint available = (ushort)(ring.Head - _next);
        if (available > ring.Size - (ushort)(_next - _tail))
        {
            Fault($"it moved the head of a ring of {ring.Size} descriptors {available} ahead");
            return 0;
        }
        if (available == 0)
            return 0;
        MemifConnection connection = Connection!;
        ulong now = PortClock.Now;
        long bytes = 0;
        int count = 0;
        ushort next = _next;
        while (count < capacity && available > 0)
        {
            MemifDescriptor* descriptor = ring.Descriptor(next);
            ulong word = descriptor->Word;
            uint length = MemifDescriptor.LengthOf(word);
            Frame* frame = frames + count;
            if ((word & MemifDescriptor.Next) == 0 && _inPlace)
            {
                byte* data = connection.Find(MemifDescriptor.RegionOf(word), descriptor->Offset, length);
                if (data == null)
                {
                    Fault("a descriptor points out of its region");
                    break;
                }
                uint slot = next & ring.Mask;
                next++;
                available--;
                if (length - ShortestFrame > PacketBurst.MaxLength - ShortestFrame)
                {
                    _returned[slot] = 1;
                    CountUnusable(length);
                    continue;
                }
                Describe(frame, data, data, length, data + length, ((ulong)_epoch << 32) | slot, now);
                _lent++;
            }
            else
            {
                uint used = Gather(ring, connection, next, available, frame, now, out bool taken);
                if (used == 0)
                    break;
                for (uint i = 0; i < used; i++)
                    _returned[(uint)(next + i) & ring.Mask] = 1;
                next += (ushort)used;
                available -= used;
                if (!taken)
                    continue;
                length = (uint)frame->Length;
            }
            bytes += length;
            count++;
        }
        _next = next;
        PublishReturned(ring);
        Counters.CountReceived(count, bytes);
        return count;
    }

    /// <summary>Copies a packet out of one or several descriptors.</summary>
    /// <returns>Descriptors used; 0 after a fault, or when no buffer is free, which leaves the packet where it is.</returns>
    private uint Gather(MemifRing ring, MemifConnection connection, ushort next, uint available, Frame* frame, ulong now, out bool taken)
    {
        taken = false;
        if (!_copies.TryTake(out uint index))
            return 0;
        byte* buffer = _copies[index];
        byte* to = buffer + PeerBuffers.Headroom;
        uint room = _copies.Room, total = 0, used = 0;
        ulong word;
        do
        {
            MemifDescriptor* descriptor = ring.Descriptor((uint)next + used);
            word = descriptor->Word;
            uint length = MemifDescriptor.LengthOf(word);
            byte* from = connection.Find(MemifDescriptor.RegionOf(word), descriptor->Offset, length);
            if (from == null || used == available)
            {
                Fault(from == null ? "a descriptor points out of its region" : "a chain of descriptors has no end");
                _copies.Return(index);
                return 0;
            }
            if (total <= room && length <= room - total)
                PacketCopy.Copy(to + total, from, length);
            // A chain's lengths may sum up to more than 32 bits hold: beyond the room only that fact counts.
            total = length > uint.MaxValue - total ? uint.MaxValue : total + length;
            used++;
        }
        while ((word & MemifDescriptor.Next) != 0);
        if (total < ShortestFrame || total > room)
        {
            CountUnusable(total);
            _copies.Return(index);
            return used;
        }
        Describe(frame, buffer, to, total, buffer + _copies.Stride, IsCopy | index, now);
        taken = true;
        return used;
    }

    private void Send(MemifRing ring, Frame* frames, int count)
    {
        uint free = (ushort)(ring.Head - _sendTail);
        if (free > ring.Size)
        {
            Fault($"it moved the head of a ring of {ring.Size} descriptors {free} ahead");
            Counters.CountRefused(RefusalCause.Down, count);
            return;
        }
        _offered = Math.Max(_offered, free);
        MemifConnection connection = Connection!;
        long bytes = 0;
        int sent = 0;
        ushort tail = _sendTail;
        for (int i = 0; i < count; i++)
        {
            byte* from = frames[i].Data;
            uint length = (uint)frames[i].Length;
            if (free == 0)
            {
                Counters.CountRefused(RefusalCause.RingFull, 1);
                continue;
            }
            MemifDescriptor* descriptor = ring.Descriptor(tail);
            ulong word = descriptor->Word;
            uint used = 1;
            if (length <= MemifDescriptor.LengthOf(word))
            {
                byte* to = connection.Find(MemifDescriptor.RegionOf(word), descriptor->Offset, length);
                if (to == null)
                {
                    Fault("a descriptor points out of its region");
                    Counters.CountRefused(RefusalCause.Down, count - i);
                    break;
                }
                PacketCopy.Copy(to, from, length);
                descriptor->SetLength(word, length, 0);
            }
            else if ((used = Scatter(ring, connection, tail, free, from, length)) == 0)
            {
                Counters.CountRefused(Sending is null ? RefusalCause.Down : RefusalCause.RingFull, 1);
                if (Sending is not null)
                    continue;
                Counters.CountRefused(RefusalCause.Down, count - i - 1);
                break;
            }
            tail += (ushort)used;
            free -= used;
            bytes += length;
            sent++;
        }
        if (tail != _sendTail)
        {
            _sendTail = tail;
            ring.Tail = tail;
            _unsignalled = true;
        }
        Counters.CountSent(sent, bytes);
    }

    /// <summary>Copies a packet that is longer than one buffer into several.</summary>
    /// <returns>Descriptors used; 0 when too few are free or after a fault.</returns>
    private uint Scatter(MemifRing ring, MemifConnection connection, ushort tail, uint free, byte* from, uint length)
    {
        uint used = 0;
        for (uint done = 0; done < length; used++)
        {
            if (used == free)
                return 0;
            MemifDescriptor* descriptor = ring.Descriptor((uint)tail + used);
            ulong word = descriptor->Word;
            uint piece = Math.Min(MemifDescriptor.LengthOf(word), length - done);
            byte* to = connection.Find(MemifDescriptor.RegionOf(word), descriptor->Offset, piece);
            if (to == null || piece == 0)
            {
                Fault("a descriptor offers no room, or room out of its region");
                return 0;
            }
            PacketCopy.Copy(to, from + done, piece);
            done += piece;
            descriptor->SetLength(word, piece, done < length ? MemifDescriptor.Next : 0);
        }
        return used;
    }

    /// <summary>Moves the tail behind what is done with, in the ring's order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PublishReturned(MemifRing ring)
    {
        ushort tail = _tail;
        while (tail != _next && _returned[tail & ring.Mask] != 0)
        {
            _returned[tail & ring.Mask] = 0;
            tail++;
        }
        if (tail == _tail)
            return;
        _tail = tail;
        ring.Tail = tail;
    }

    private void ReleaseRetired(uint epoch)
    {
        for (int i = 0; i < _retired.Count; i++)
        {
            if (_retired[i].Epoch != epoch || --_retired[i].Lent > 0)
                continue;
            _retired[i].Connection.Release();
            _retired.RemoveAt(i);
            return;
        }
    }

    private sealed class Retired(uint epoch, MemifConnection connection)
    {
        public uint Epoch { get; } = epoch;
        public MemifConnection Connection { get; } = connection;
        public uint Lent { get; set; }
    }
}
