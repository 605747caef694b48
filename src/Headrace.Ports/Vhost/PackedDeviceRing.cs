using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>The device's end of a packed ring (virtio 1.2, 2.8). It uses buffers in the order they were made available, so one position serves both directions.</summary>
internal sealed unsafe class PackedDeviceRing : DeviceRing
{
    private const ulong Complex = (ulong)(VirtioDescriptor.Next | VirtioDescriptor.Write | VirtioDescriptor.Indirect) << 48;
    private const int FlagsAt = 2; // of an event suppression area, behind offset and wrap
    private const ushort Disabled = 1;
    private const uint WrapBit = 1 << 15;

    private readonly VirtioDescriptor* _ring;
    private readonly byte* _driver;
    private uint _position;
    private bool _wrap;

    public PackedDeviceRing(DeviceRingSetup setup) : base(setup)
    {
        _ring = (VirtioDescriptor*)setup.Descriptors;
        _driver = setup.Driver;
        _position = setup.Base & (WrapBit - 1);
        _wrap = (setup.Base & WrapBit) != 0;
        if (_position >= Size)
            (_position, _wrap) = (0, true);
        Volatile.Write(ref *(ushort*)(setup.Device + FlagsAt), Disabled); // this end polls
    }

    /// <inheritdoc/>
    public override uint Base
    {
        get
        {
            uint position = _position | (_wrap ? WrapBit : 0);
            return position | (position << 16);
        }
    }

    /// <inheritdoc/>
    protected override bool WantsInterrupt => (Volatile.Read(ref *(ushort*)(_driver + FlagsAt)) & 3) != Disabled;

    private ushort UsedFlags => _wrap ? (ushort)(VirtioDescriptor.Available | VirtioDescriptor.Used) : (ushort)0;

    /// <inheritdoc/>
    protected override int Take(VhostQueue queue, Frame* frames, int capacity)
    {
        PeerBuffers buffers = queue.Buffers;
        ulong now = 0;
        long bytes = 0;
        int count = 0, used = 0;
        uint room = buffers.Room, header = HeaderSize;
        // A driver that refills as fast as this takes would keep the loop here.
        for (; count < capacity && used < (int)Size; used++)
        {
            ulong word = _ring[_position].Word;
            if (!IsAvailable(word) || !buffers.TryTake(out uint index))
                break;
            if (now == 0)
                now = PortClock.Now;
            byte* buffer = buffers[index];
            byte* to = buffer + PeerBuffers.Headroom;
            uint length = uint.MaxValue, descriptors = 1, whole = VirtioDescriptor.LengthOf(word);
            ushort id = VirtioDescriptor.Third(word);
            byte* from = (word & Complex) == 0 ? Find(_ring[_position].Address, whole) : null;
            if (from == null)
            {
                SegmentCount = 0;
                descriptors = Collect(_position, isWritable: false, ref id);
                if (descriptors == 0)
                {
                    buffers.Return(index);
                    Fault("a descriptor chain leaves the driver's memory, has no end, or is for the other direction");
                    break;
                }
                length = Gather(to, room);
            }
            else if (whole - header <= room)
            {
                length = whole - header;
                PacketCopy.Copy(to, from + header, length);
            }
            _ring[_position].Word = VirtioDescriptor.WordOf(0, id, UsedFlags);
            Advance(descriptors);
            if (queue.IsUsable(length, room))
            {
                queue.Describe(frames + count, buffer, to, length, buffer + buffers.Stride, index, now);
                bytes += length;
                count++;
            }
            else
                buffers.Return(index);
        }
        if (used > 0)
            IsUnsignalled = true;
        queue.Counters.CountReceived(count, bytes);
        return count;
    }

    /// <inheritdoc/>
    protected override void Put(VhostQueue queue, Frame* frames, int count)
    {
        uint header = HeaderSize;
        long bytes = 0;
        int sent = 0;
        for (int i = 0; i < count; i++)
        {
            Frame* frame = frames + i;
            ulong word = _ring[_position].Word;
            if (!IsAvailable(word))
            {
                queue.Counters.CountRefused(RefusalCause.RingFull, count - i);
                break;
            }
            uint length = (uint)frame->Length, total = length + header;
            byte* to = (word & Complex) == (ulong)VirtioDescriptor.Write << 48 && VirtioDescriptor.LengthOf(word) >= total
                ? Find(_ring[_position].Address, total)
                : null;
            if (to != null)
            {
                *(ulong*)to = 0;
                if (header == 12)
                    *(uint*)(to + 8) = 1 << 16;
                else
                    *(ushort*)(to + 8) = 0;
                PacketCopy.Copy(to + header, frame->Data, length);
                _ring[_position].Word = VirtioDescriptor.WordOf(total, VirtioDescriptor.Third(word), (ushort)(UsedFlags | VirtioDescriptor.Write));
                Advance(1);
            }
            else if (!PutPieces(frame, out RefusalCause cause))
            {
                queue.Counters.CountRefused(cause, 1);
                if (cause == RefusalCause.Down)
                {
                    queue.Counters.CountRefused(cause, count - i - 1);
                    break;
                }
                continue;
            }
            bytes += length;
            sent++;
        }
        if (sent > 0)
            IsUnsignalled = true;
        queue.Counters.CountSent(sent, bytes);
    }

    /// <summary>Puts a packet into whatever buffers it takes.</summary>
    private bool PutPieces(Frame* frame, out RefusalCause cause)
    {
        ulong total = (ulong)frame->Length + HeaderSize, room = 0;
        uint position = _position, used = 0;
        bool wrap = _wrap;
        SegmentCount = 0;
        var words = stackalloc ulong[MaxBuffers];
        var places = stackalloc uint[MaxBuffers];
        while (room < total)
        {
            cause = RefusalCause.TooLong;
            if ((used > 0 && !IsMergeable) || used == MaxBuffers)
                return false;
            cause = RefusalCause.RingFull;
            if (!IsAvailable(_ring[position].Word, wrap))
                return false;
            int before = SegmentCount;
            ushort id = 0;
            uint descriptors = Collect(position, isWritable: true, ref id);
            if (descriptors == 0 || SegmentCount == before)
            {
                cause = RefusalCause.Down;
                Fault("a buffer to receive into lies out of the driver's memory, is empty, or is for the other direction");
                return false;
            }
            ulong piece = 0;
            for (int i = before; i < SegmentCount; i++)
                piece += Segments[i].Length;
            ushort flags = wrap ? (ushort)(VirtioDescriptor.Available | VirtioDescriptor.Used | VirtioDescriptor.Write) : VirtioDescriptor.Write;
            places[used] = position;
            words[used++] = VirtioDescriptor.WordOf((uint)Math.Min(piece, total - room), id, flags);
            room += piece;
            position += descriptors;
            if (position >= Size)
                (position, wrap) = (position - Size, !wrap);
        }
        Scatter(frame, used);
        // The driver starts at the first: it must find the others done.
        for (uint i = used; i-- > 0;)
            _ring[places[i]].Word = words[i];
        (_position, _wrap) = (position, wrap);
        cause = default;
        return true;
    }

    private const int MaxBuffers = 256;

    /// <summary>Follows a chain and adds its buffers to the pieces.</summary>
    /// <returns>Descriptors of the ring it takes; 0 when it leaves the memory, has no end, or has buffers of the other direction.</returns>
    private uint Collect(uint position, bool isWritable, ref ushort id)
    {
        for (uint steps = 1; steps <= Size; steps++)
        {
            ulong word = _ring[position].Word, address = _ring[position].Address;
            ushort flags = VirtioDescriptor.Fourth(word);
            uint length = VirtioDescriptor.LengthOf(word);
            id = VirtioDescriptor.Third(word);
            if ((flags & VirtioDescriptor.Indirect) != 0)
                return steps == 1 && CollectTable(address, length, isWritable) ? 1u : 0u;
            if (((flags & VirtioDescriptor.Write) != 0) != isWritable || !AddSegment(address, length))
                return 0;
            if ((flags & VirtioDescriptor.Next) == 0)
                return steps;
            if (++position == Size)
                position = 0;
        }
        return 0;
    }

    private bool CollectTable(ulong address, uint length, bool isWritable)
    {
        uint size = length / (uint)sizeof(VirtioDescriptor);
        var table = (VirtioDescriptor*)Find(address, length);
        if (table == null || size is 0 or > MaxSize || length % (uint)sizeof(VirtioDescriptor) != 0)
            return false;
        for (uint i = 0; i < size; i++)
        {
            ulong word = table[i].Word;
            if (((VirtioDescriptor.Fourth(word) & VirtioDescriptor.Write) != 0) != isWritable || !AddSegment(table[i].Address, VirtioDescriptor.LengthOf(word)))
                return false;
        }
        return true;
    }

    private bool IsAvailable(ulong word) => IsAvailable(word, _wrap);

    private static bool IsAvailable(ulong word, bool wrap)
    {
        ushort flags = VirtioDescriptor.Fourth(word);
        bool available = (flags & VirtioDescriptor.Available) != 0, used = (flags & VirtioDescriptor.Used) != 0;
        return available == wrap && used != wrap;
    }

    private void Advance(uint descriptors)
    {
        _position += descriptors;
        if (_position >= Size)
            (_position, _wrap) = (_position - Size, !_wrap);
    }
}
