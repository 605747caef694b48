using System.Runtime.InteropServices;
using Headrace.Engine;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary>The device's end of a virtio ring: takes packets out of the driver's buffers, or puts them in. What is the same for split and packed rings.</summary>
internal abstract unsafe class DeviceRing : IDisposable
{
    /// <summary>Longest ring (virtio 1.2, 2.7).</summary>
    public const uint MaxSize = 32768;

    /// <summary>Pieces that a packet may lie in.</summary>
    protected const int MaxSegments = 1024;

    private readonly PeerSession _session;
    private readonly EventDescriptor? _call;
    private int _lastRegion;
    private bool _isDead;

    /// <summary>Takes the ring.</summary>
    protected DeviceRing(DeviceRingSetup setup)
    {
        _session = setup.Session;
        _call = setup.Call;
        Memory = setup.Memory;
        Size = setup.Size;
        Mask = setup.Size - 1;
        HeaderSize = setup.HeaderSize;
        IsMergeable = setup.IsMergeable;
    }

    /// <summary>Where the ring stands, in the form of GET_VRING_BASE.</summary>
    public abstract uint Base { get; }

    /// <summary>Descriptors of the ring.</summary>
    protected uint Size { get; }

    /// <summary>One less.</summary>
    protected uint Mask { get; }

    /// <summary>Bytes of a packet's header: 12, or 10 for drivers before virtio 1.0 without mergeable buffers.</summary>
    protected uint HeaderSize { get; }

    /// <summary>True when a packet may take several buffers.</summary>
    protected bool IsMergeable { get; }

    /// <summary>The driver's memory.</summary>
    protected VhostMemory Memory { get; }

    /// <summary>Pieces of the packet under way.</summary>
    protected Segment* Segments { get; } = (Segment*)NativeMemory.Alloc(MaxSegments, (nuint)sizeof(Segment));

    /// <summary>How many.</summary>
    protected int SegmentCount { get; set; }

    /// <summary>True once something was published that the driver was not told of.</summary>
    protected bool IsUnsignalled { get; set; }

    /// <summary>True when the driver wants to be interrupted.</summary>
    protected abstract bool WantsInterrupt { get; }

    /// <summary>Copies packets out of the driver's buffers.</summary>
    public int Receive(VhostQueue queue, Frame* frames, int capacity) => _isDead ? 0 : Take(queue, frames, capacity);

    /// <summary>Copies packets into the driver's buffers and counts them.</summary>
    public void Send(VhostQueue queue, Frame* frames, int count)
    {
        if (_isDead)
            queue.Counters.CountRefused(RefusalCause.Down, count);
        else
            Put(queue, frames, count);
    }

    /// <summary>Tells the driver what is new, when it wants to know.</summary>
    public void Flush()
    {
        if (!IsUnsignalled)
            return;
        IsUnsignalled = false;
        // What was published must be visible before the driver's wish is read: else it could fall asleep over it.
        Thread.MemoryBarrier();
        if (_call != null && WantsInterrupt)
            _call.Signal();
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.Free(Segments);

    /// <summary>Copies packets out of the driver's buffers.</summary>
    protected abstract int Take(VhostQueue queue, Frame* frames, int capacity);

    /// <summary>Copies packets into the driver's buffers.</summary>
    protected abstract void Put(VhostQueue queue, Frame* frames, int count);

    /// <summary>Where a whole buffer is; null when it is not in one region.</summary>
    protected byte* Find(ulong address, uint length) => Memory.Find(address, length, ref _lastRegion);

    /// <summary>Gives up the connection because of what the driver wrote into memory.</summary>
    protected void Fault(string reason)
    {
        _isDead = true;
        _session.Fail(reason);
    }

    /// <summary>Adds a buffer to the packet's pieces.</summary>
    /// <returns>False when it is in no region or there are too many pieces.</returns>
    protected bool AddSegment(ulong address, uint length)
    {
        while (length > 0)
        {
            uint part = length;
            byte* at = Memory.FindPart(address, ref part);
            if (at == null || SegmentCount == MaxSegments)
                return false;
            Segments[SegmentCount++] = new Segment { Address = at, Length = part };
            address += part;
            length -= part;
        }
        return true;
    }

    /// <summary>Copies the pieces behind the header into a buffer.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="room">Bytes there.</param>
    /// <returns>The packet's length, which may be more than the room: then what fits was copied.</returns>
    protected uint Gather(byte* to, uint room)
    {
        uint skip = HeaderSize;
        ulong total = 0;
        for (int i = 0; i < SegmentCount; i++)
        {
            byte* from = Segments[i].Address;
            uint length = Segments[i].Length, header = Math.Min(skip, length);
            skip -= header;
            from += header;
            length -= header;
            if (total + length <= room)
                PacketCopy.Copy(to + total, from, length);
            total += length;
        }
        return (uint)Math.Min(total, uint.MaxValue);
    }

    /// <summary>Copies header and packet into the pieces, which have the room.</summary>
    /// <param name="frame">The packet.</param>
    /// <param name="buffers">Buffers that it takes, for the header.</param>
    protected void Scatter(Frame* frame, uint buffers)
    {
        byte* header = stackalloc byte[12];
        *(ulong*)header = 0;
        *(uint*)(header + 8) = buffers << 16; // num_buffers is the last of the header's fields, 16 bits at offset 10
        byte* from = header;
        uint left = HeaderSize;
        bool isHeader = true;
        for (int i = 0; i < SegmentCount; i++)
        {
            byte* to = Segments[i].Address;
            uint room = Segments[i].Length;
            while (room > 0)
            {
                uint piece = Math.Min(room, left);
                PacketCopy.Copy(to, from, piece);
                to += piece;
                from += piece;
                room -= piece;
                left -= piece;
                if (left > 0)
                    continue;
                if (!isHeader)
                    return;
                isHeader = false;
                from = frame->Data;
                left = (uint)frame->Length;
            }
        }
    }

    /// <summary>One piece of a packet in the driver's memory.</summary>
    protected struct Segment
    {
        public byte* Address;
        public uint Length;
    }
}
