using System.Runtime.CompilerServices;
using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>The device's end of a split ring (virtio 1.2, 2.7). It uses buffers in the order they were made available, so one index serves both rings.</summary>
internal sealed unsafe class SplitDeviceRing : DeviceRing
{
    private const ulong Complex = (ulong)(VirtioDescriptor.Next | VirtioDescriptor.Write | VirtioDescriptor.Indirect) << 32;
    private const ushort NoInterrupt = 1, NoNotify = 1;

    private readonly VirtioDescriptor* _descriptors;
    private readonly byte* _available;
    private readonly byte* _used;
    private ushort _next;

    public SplitDeviceRing(DeviceRingSetup setup) : base(setup)
    {
        _descriptors = (VirtioDescriptor*)setup.Descriptors;
        _available = setup.Driver;
        _used = setup.Device;
        // Not SET_VRING_BASE, which DPDK's virtio_user sends as 0 when we come back to a ring in use: this end uses buffers in order, so all
        // before the used index are done with, and none behind it.
        _next = Volatile.Read(ref *(ushort*)(setup.Device + 2));
        Volatile.Write(ref *(ushort*)_used, NoNotify); // this end polls
    }

    /// <inheritdoc/>
    public override uint Base => _next;

    /// <inheritdoc/>
    protected override bool WantsInterrupt => (Volatile.Read(ref *(ushort*)_available) & NoInterrupt) == 0;

    private ushort AvailableIndex
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref *(ushort*)(_available + 2));
    }

    /// <inheritdoc/>
    protected override int Take(VhostQueue queue, Frame* frames, int capacity)
    {
        uint available = Ready();
        if (available == 0)
            return 0;
        PeerBuffers buffers = queue.Buffers;
        ulong now = PortClock.Now;
        long bytes = 0;
        int count = 0;
        ushort next = _next;
        uint room = buffers.Room, header = HeaderSize;
        for (; count < capacity && available > 0 && buffers.TryTake(out uint index); available--)
        {
            byte* buffer = buffers[index];
            byte* to = buffer + PeerBuffers.Headroom;
            uint id = AvailableId(next), length = uint.MaxValue;
            if (id < Size)
            {
                ulong word = _descriptors[id].Word;
                uint whole = VirtioDescriptor.LengthOf(word);
                byte* from = (word & Complex) == 0 ? Find(_descriptors[id].Address, whole) : null;
                if (from == null)
                {
                    if (Collect(id, isWritable: false))
                        length = Gather(to, room);
                    else
                        id = uint.MaxValue;
                }
                else if (whole - header <= room)
                {
                    length = whole - header;
                    PacketCopy.Copy(to, from + header, length);
                }
            }
            if (id >= Size)
            {
                buffers.Return(index);
                Fault("a descriptor chain leaves the ring or the driver's memory, has no end, or is for the other direction");
                break;
            }
            SetUsed(next++, id, 0);
            if (queue.IsUsable(length, room))
            {
                queue.Describe(frames + count, buffer, to, length, buffer + buffers.Stride, index, now);
                bytes += length;
                count++;
            }
            else
                buffers.Return(index);
        }
        Publish(next);
        queue.Counters.CountReceived(count, bytes);
        return count;
    }

    /// <inheritdoc/>
    protected override void Put(VhostQueue queue, Frame* frames, int count)
    {
        uint available = Ready(), header = HeaderSize;
        long bytes = 0;
        int sent = 0;
        ushort next = _next;
        for (int i = 0; i < count; i++)
        {
            if (available == 0)
            {
                queue.Counters.CountRefused(RefusalCause.RingFull, count - i);
                break;
            }
            Frame* frame = frames + i;
            uint length = (uint)frame->Length, total = length + header, id = AvailableId(next), used = 1;
            byte* to = null;
            if (id < Size)
            {
                ulong word = _descriptors[id].Word;
                if ((word & Complex) == (ulong)VirtioDescriptor.Write << 32 && VirtioDescriptor.LengthOf(word) >= total)
                    to = Find(_descriptors[id].Address, total);
            }
            if (to != null)
            {
                *(ulong*)to = 0;
                if (header == 12)
                    *(uint*)(to + 8) = 1 << 16;
                else
                    *(ushort*)(to + 8) = 0;
                PacketCopy.Copy(to + header, frame->Data, length);
                SetUsed(next, id, total);
            }
            else if ((used = PutPieces(frame, next, available, out RefusalCause cause)) == 0)
            {
                queue.Counters.CountRefused(cause, 1);
                if (cause == RefusalCause.Down)
                {
                    queue.Counters.CountRefused(cause, count - i - 1);
                    break;
                }
                continue;
            }
            next += (ushort)used;
            available -= used;
            bytes += length;
            sent++;
        }
        Publish(next);
        queue.Counters.CountSent(sent, bytes);
    }

    /// <summary>Puts a packet into whatever buffers it takes.</summary>
    /// <returns>Available entries used; 0 when it was not sent for a cause.</returns>
    private uint PutPieces(Frame* frame, ushort next, uint available, out RefusalCause cause)
    {
        ulong total = (ulong)frame->Length + HeaderSize, room = 0;
        uint used = 0;
        SegmentCount = 0;
        while (room < total)
        {
            if (used > 0 && !IsMergeable)
            {
                cause = RefusalCause.TooLong;
                return 0;
            }
            if (used == available)
            {
                cause = RefusalCause.RingFull;
                return 0;
            }
            uint id = AvailableId((ushort)(next + used));
            int before = SegmentCount;
            if (id >= Size || !Collect(id, isWritable: true, keep: true) || SegmentCount == before)
            {
                cause = RefusalCause.Down;
                Fault("a buffer to receive into lies out of the driver's memory, is empty, or is for the other direction");
                return 0;
            }
            ulong piece = 0;
            for (int i = before; i < SegmentCount; i++)
                piece += Segments[i].Length;
            SetUsed((ushort)(next + used), id, (uint)Math.Min(piece, total - room));
            room += piece;
            used++;
        }
        Scatter(frame, used);
        cause = default;
        return used;
    }

    /// <summary>Follows a chain and adds its buffers to the pieces.</summary>
    /// <returns>False when it leaves the ring or the memory, has no end, or has buffers of the other direction.</returns>
    private bool Collect(uint id, bool isWritable, bool keep = false)
    {
        if (!keep)
            SegmentCount = 0;
        VirtioDescriptor* table = _descriptors;
        uint size = Size;
        bool isTable = false;
        for (uint steps = 0; steps < size; steps++)
        {
            ulong word = table[id].Word, address = table[id].Address;
            ushort flags = VirtioDescriptor.Third(word);
            uint length = VirtioDescriptor.LengthOf(word);
            if ((flags & VirtioDescriptor.Indirect) != 0)
            {
                // Only a descriptor of the ring may point to a table, and it is the last of its chain. A table may lie on the ring itself.
                table = !isTable && (flags & VirtioDescriptor.Next) == 0 ? (VirtioDescriptor*)Find(address, length) : null;
                isTable = true;
                size = length / (uint)sizeof(VirtioDescriptor);
                if (table == null || size is 0 or > MaxSize || length % (uint)sizeof(VirtioDescriptor) != 0)
                    return false;
                id = 0;
                steps = uint.MaxValue;
                continue;
            }
            if (((flags & VirtioDescriptor.Write) != 0) != isWritable || !AddSegment(address, length))
                return false;
            if ((flags & VirtioDescriptor.Next) == 0)
                return true;
            id = VirtioDescriptor.Fourth(word);
            if (id >= size)
                return false;
        }
        return false;
    }

    /// <summary>Entries that the driver has made available.</summary>
    private uint Ready()
    {
        uint available = (ushort)(AvailableIndex - _next);
        if (available <= Size)
            return available;
        Fault($"it moved the available index of a ring of {Size} descriptors {available} ahead");
        return 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint AvailableId(ushort index) => Volatile.Read(ref *(ushort*)(_available + 4 + 2 * (index & Mask)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SetUsed(ushort index, uint id, uint length) => *(ulong*)(_used + 4 + 8 * (index & Mask)) = id | ((ulong)length << 32);

    private void Publish(ushort next)
    {
        if (next == _next)
            return;
        _next = next;
        Volatile.Write(ref *(ushort*)(_used + 2), next);
        IsUnsignalled = true;
    }
}
