using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Headrace.Engine;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary>A packet socket's rings: packets stay in the block the kernel wrote them to, and the block goes back when all of its packets are.</summary>
internal sealed unsafe class PacketSocketQueue : PacketQueue, IDisposable
{
    public const int EthernetHeader = 14, VlanTag = 4;

    private const int AddressSize = 12; // both MAC addresses
    private const ushort DefaultTpid = 0x8100;
    private const int NetworkDown = 100, NoDevice = 19, NoAddress = 6; // ENETDOWN, ENODEV, ENXIO
    private const int FullRingKicks = 16;

    private readonly IPacketPort _port;
    private readonly uint _index;
    private readonly PacketSocket _socket;
    private readonly PacketRingLayout _layout;
    private readonly int[] _lent; // by block: packets that are not back
    private readonly long _wallToMonotonic;
    private readonly Lock _dropsLock = new();
    private uint _block;
    private uint _packetsLeft;
    private PacketHeader* _next;
    private uint _nextFree;
    private uint _oldest;
    private bool _kickWanted;
    private long _drops;
    private long _cut;
    private bool _disposed;

    public PacketSocketQueue(IPacketPort port, uint index, PacketSocket socket, in PacketRingLayout layout)
    {
        (_port, _index, _socket, _layout) = (port, index, socket, layout);
        _lent = new int[layout.Blocks];
        _wallToMonotonic = (long)PortClock.Now - (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
    }

    /// <summary>Where a packet begins in a transmit frame.</summary>
    public static int TransmitOffset => sizeof(PacketHeader);

    /// <inheritdoc/>
    public override SafeHandle ReadyHandle => _socket.Descriptor;

    /// <inheritdoc/>
    public override int Unsent
    {
        get
        {
            Collect();
            return (int)(_nextFree - _oldest);
        }
    }

    /// <summary>True when the interface was down or gone at the last call.</summary>
    public bool IsDown { get; private set; }

    /// <inheritdoc/>
    public override int Receive(Frame* frames, int capacity)
    {
        int count = 0;
        long bytes = 0;
        while (count < capacity && (_packetsLeft > 0 || OpenBlock()))
        {
            int most = (int)Math.Min((uint)(capacity - count), _packetsLeft);
            int described = Describe(frames + count, most, ref bytes);
            count += described;
            _lent[_block] += described;
            if (_packetsLeft == 0)
                LeaveBlock();
        }
        if (count > 0)
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
            if (length > (int)_layout.TransmitFrameSize - TransmitOffset)
                Counters.CountRefused(RefusalCause.TooLong, 1);
            else if (length < EthernetHeader)
                Counters.CountRefused(RefusalCause.TooShort, 1);
            else if (!TryFindFrame(out PacketHeader* header))
                Counters.CountRefused(IsDown ? RefusalCause.Down : RefusalCause.RingFull, 1);
            else
            {
                Buffer.MemoryCopy(frames[i].Data, (byte*)header + TransmitOffset, _layout.TransmitFrameSize, length);
                header->NextOffset = 0;
                header->Length = header->CapturedLength = (uint)length;
                Volatile.Write(ref header->Status, PacketHeader.SendRequest);
                _nextFree++;
                (sent, bytes) = (sent + 1, bytes + length);
            }
        }
        _kickWanted |= sent > 0;
        Counters.CountSent(sent, bytes);
        owner.Release(frames, count);
    }

    /// <inheritdoc/>
    public override void Release(Frame* frames, int count)
    {
        for (int i = 0; i < count;)
        {
            int same = CountSameBlock(frames + i, count - i);
            uint block = (uint)frames[i].Buffer;
            _lent[block] -= same;
            if (_lent[block] == 0 && (block != _block || _packetsLeft == 0))
                GiveBack(block);
            i += same;
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        if (_kickWanted || IsDown)
            Kick();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, long>> ReadMissed()
    {
        lock (_dropsLock)
        {
            if (!_disposed)
                _drops += _socket.TakeDrops();
            return [new("receive ring full", _drops), new("cut short: longer than a block", Volatile.Read(ref _cut))];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_dropsLock)
        {
            if (_disposed)
                return;
            _disposed = true;
            _socket.Dispose();
        }
    }

    private byte* BlockAt(uint block) => _socket.Blocks + (nuint)block * _layout.BlockSize;

    private bool OpenBlock()
    {
        var block = (PacketBlock*)BlockAt(_block);
        // A block that was left with packets lent is still ours: the ring is full of packets that are not back.
        if (_lent[_block] > 0 || (Volatile.Read(ref block->Status) & PacketBlock.OwnedByUser) == 0)
            return false;
        _packetsLeft = block->Packets;
        _next = (PacketHeader*)((byte*)block + block->FirstOffset);
        if (_packetsLeft > 0)
            return true;
        LeaveBlock();
        return false;
    }

    private void LeaveBlock()
    {
        if (_lent[_block] == 0)
            GiveBack(_block);
        _block = _block + 1 == _layout.Blocks ? 0 : _block + 1;
    }

    private void GiveBack(uint block) => Volatile.Write(ref ((PacketBlock*)BlockAt(block))->Status, PacketBlock.OwnedByKernel);

    /// <summary>Describes packets of the block at hand, but for those that were cut short.</summary>
    /// <returns>How many are described; <paramref name="packets"/> are done with.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Describe(Frame* frames, int packets, ref long bytes)
    {
        ulong source = _port.Ifindex | ((ulong)_index << 32), block = _block;
        long wallToMonotonic = _wallToMonotonic;
        Frame* next = frames;
        PacketHeader* header = _next;
        ulong sum = 0;
        byte* blockEnd = BlockAt(_block) + _layout.BlockSize;
        for (int left = packets; left > 0; left--)
        {
            byte* end = header->NextOffset != 0 ? (byte*)header + header->NextOffset : blockEnd;
            uint captured = header->CapturedLength;
            if (captured < header->Length)
            {
                Volatile.Write(ref _cut, _cut + 1);
            }
            else
            {
                byte* data = (byte*)header + header->LinkOffset;
                byte* dataEnd = data + captured;
                if ((header->Status & PacketHeader.VlanValid) != 0 && captured >= EthernetHeader)
                    data = InsertTag(data, header);
                ulong time = (ulong)(header->Seconds * 1_000_000_000L + header->Nanoseconds + wallToMonotonic);
                uint length = (uint)(dataEnd - data);
                ReceivedFrame.Describe(next++, (byte*)header + sizeof(PacketHeader), data, length, end, source, block, time);
                sum += length;
            }
            header = (PacketHeader*)end;
        }
        _next = header;
        _packetsLeft -= (uint)packets;
        bytes += (long)sum;
        return (int)(next - frames);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int CountSameBlock(Frame* frames, int count)
    {
        Frame* end = frames + count, next = frames + 1;
        while (next < end && next->Buffer == frames->Buffer)
            next++;
        return (int)(next - frames);
    }

    // The kernel takes the outer tag off before packet sockets see the packet; a program expects it where the wire had it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* InsertTag(byte* data, PacketHeader* header)
    {
        byte* tagged = data - VlanTag;
        Buffer.MemoryCopy(data, tagged, AddressSize, AddressSize);
        ushort tpid = (header->Status & PacketHeader.VlanTpidValid) != 0 ? header->VlanTpid : DefaultTpid;
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(tagged + AddressSize, 2), tpid);
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(tagged + AddressSize + 2, 2), (ushort)header->VlanTci);
        return tagged;
    }

    private PacketHeader* FrameAt(uint index) =>
        (PacketHeader*)(_socket.TransmitFrames + (nuint)(index & (_layout.TransmitFrames - 1)) * _layout.TransmitFrameSize);

    // The frame after the last one written, when the kernel is through with it.
    private bool TryFindFrame(out PacketHeader* header)
    {
        header = FrameAt(_nextFree);
        for (int kicks = 0; ; kicks++)
        {
            if ((Volatile.Read(ref header->Status) & ~PacketHeader.WrongFormat) == PacketHeader.Available)
                return true;
            if (kicks == FullRingKicks || IsDown)
                return false;
            Kick();
        }
    }

    private void Kick()
    {
        int error = _socket.Kick();
        IsDown = error is NetworkDown or NoDevice or NoAddress;
        _kickWanted = error != 0;
    }

    private void Collect()
    {
        while (_oldest != _nextFree && (Volatile.Read(ref FrameAt(_oldest)->Status) & ~PacketHeader.WrongFormat) == PacketHeader.Available)
            _oldest++;
    }
}
