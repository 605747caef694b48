using Headrace.Engine;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

// Packets longer than a chunk come and go as several descriptors (XDP_USE_SG). Programs see a packet in one piece, so pieces are joined in a buffer
// beside the packet memory, and cut again on the way out.
internal sealed unsafe partial class AfXdpQueue
{
    private const uint Continues = 1; // XDP_PKT_CONTD
    private const uint CopyRoom = Umem.ChunkSize - PacketBurst.Headroom;

    private long _tooLong;
    private long _notJoined;

    private int ReceiveJoined(PeerBuffers joined, Frame* frames, int capacity, uint index, uint filled, ulong source)
    {
        var descriptors = (XdpDescriptor*)_socket.Receive.Entries;
        uint mask = _socket.Receive.Mask, taken = 0;
        ulong now = PortClock.Now;
        int count = 0;
        long bytes = 0;
        while (taken < filled && count < capacity)
        {
            uint pieces = WholePacket(descriptors, mask, index + taken, filled - taken, out ulong length);
            if (pieces == 0)
            {
                // Its end was not published when we last looked.
                uint more = _socket.Receive.FilledFrom(out _, filled + 1);
                if (more == filled)
                    break;
                filled = more;
                continue;
            }
            if (pieces == 1)
                bytes += Describe(descriptors, mask, index + taken, frames + count++, 1, _base, source, now);
            else if (TryJoin(joined, descriptors, mask, index + taken, pieces, length, frames + count, source, now))
            {
                bytes += (long)length;
                count++;
            }
            taken += pieces;
        }
        _socket.Receive.Consume(taken);
        Counters.CountReceived((uint)count, bytes);
        Refill();
        return count;
    }

    /// <summary>Descriptors of the packet that begins at an index; 0 when its last one is not there.</summary>
    private static uint WholePacket(XdpDescriptor* descriptors, uint mask, uint index, uint filled, out ulong length)
    {
        length = 0;
        for (uint i = 0; i < filled; i++)
        {
            XdpDescriptor* descriptor = descriptors + ((index + i) & mask);
            length += descriptor->Length;
            if ((descriptor->Options & Continues) == 0)
                return i + 1;
        }
        return 0;
    }

    // The chunks are free again at once, whether the packet found a buffer or not.
    private bool TryJoin(PeerBuffers joined, XdpDescriptor* descriptors, uint mask, uint index, uint pieces, ulong length, Frame* frame, ulong source, ulong now)
    {
        uint buffer = 0;
        bool fits = length <= joined.Room;
        bool isTaken = fits && joined.TryTake(out buffer);
        byte* start = isTaken ? joined[buffer] : null, next = start + PeerBuffers.Headroom;
        for (uint i = 0; i < pieces; i++)
        {
            XdpDescriptor* piece = descriptors + ((index + i) & mask);
            if (isTaken)
            {
                Buffer.MemoryCopy(_base + piece->Address, next, piece->Length, piece->Length);
                next += piece->Length;
            }
            _umem.Return(piece->Address);
        }
        if (!isTaken)
        {
            ref long missed = ref fits ? ref _notJoined : ref _tooLong;
            Volatile.Write(ref missed, missed + 1);
            return false;
        }
        ReceivedFrame.Describe(frame, start, start + PeerBuffers.Headroom, (uint)length, start + joined.Stride, source, Umem.JoinedBuffer(buffer), now);
        return true;
    }

    /// <summary>Copies a packet into chunks of ours and puts them on the transmit ring. The caller has looked for room in both.</summary>
    private void Scatter(byte* data, uint length, uint pieces, uint index)
    {
        var descriptors = (XdpDescriptor*)_socket.Transmit.Entries;
        uint headroom = length <= CopyRoom ? (uint)PacketBurst.Headroom : 0;
        for (uint i = 0; i < pieces; i++)
        {
            uint part = Math.Min(length, Umem.ChunkSize - headroom);
            ulong address = _umem.Take() + headroom;
            Buffer.MemoryCopy(data, _base + address, part, part);
            data += part;
            length -= part;
            descriptors[_socket.Transmit.Slot(index + i)] = new XdpDescriptor { Address = address, Length = part, Options = i + 1 < pieces ? Continues : 0 };
        }
    }

    private static uint PiecesOf(uint length) => length <= CopyRoom ? 1 : (length + Umem.ChunkSize - 1) / Umem.ChunkSize;

    private static uint PiecesOf(Frame* frames, int count)
    {
        uint pieces = 0;
        for (int i = 0; i < count; i++)
            pieces += PiecesOf((uint)frames[i].Length);
        return pieces;
    }
}
