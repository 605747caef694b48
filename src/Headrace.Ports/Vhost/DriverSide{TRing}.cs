using Headrace.Engine;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary>The pair of rings of one queue, of one kind.</summary>
internal sealed unsafe class DriverSide<TRing>(PeerSession session, TRing receiving, TRing sending, EventDescriptor receiveKick, EventDescriptor sendKick, uint headerSize, bool isMergeable)
    : DriverSide where TRing : struct, IDriverRing
{
    private TRing _receiving = receiving;
    private TRing _sending = sending;
    private bool _newReceive;
    private bool _newSend;

    // A packet in several buffers, of which some may not have come back yet.
    private bool _isJoining;
    private uint _joined;
    private uint _joinedLength;
    private uint _buffersToCome;

    /// <inheritdoc/>
    public override int Unsent => (int)_sending.Out;

    /// <inheritdoc/>
    public override void Refill(VirtioUserQueue queue)
    {
        PeerBuffers buffers = queue.Buffers;
        uint free = _receiving.Free;
        // A few at a time would write the ring's index for each.
        if (free < Math.Min(32, _receiving.Out + free))
            return;
        bool any = false;
        for (; free > 0 && buffers.TryTake(out uint index); free--, any = true)
            _receiving.Add(index, queue.AddressOf(buffers[index] + PeerBuffers.Headroom - headerSize), buffers.Room + headerSize, isWritable: true);
        if (!any)
            return;
        _receiving.Publish();
        _newReceive = true;
    }

    /// <inheritdoc/>
    public override int Receive(VirtioUserQueue queue, Frame* frames, int capacity)
    {
        PeerBuffers buffers = queue.Buffers;
        ulong now = PortClock.Now;
        long bytes = 0;
        int count = 0;
        uint room = buffers.Room;
        while (count < capacity)
        {
            if (_isJoining || !_receiving.TryTake(out uint index, out uint length))
            {
                if (!_isJoining || !Join(queue, frames + count, now))
                    break;
                bytes += frames[count++].Length;
                continue;
            }
            byte* buffer = buffers[index];
            byte* data = buffer + PeerBuffers.Headroom;
            uint pieces = isMergeable ? Volatile.Read(ref *(ushort*)(data - sizeof(ushort))) : 1u;
            length -= headerSize;
            if (pieces > 1 && length <= room && pieces <= 1024)
            {
                if (!StartJoin(queue, index, length, pieces))
                    break;
                continue;
            }
            if (!queue.IsUsable(length, room))
            {
                buffers.Return(index);
                continue;
            }
            queue.Describe(frames + count, buffer, data, length, buffer + buffers.Stride, index, now);
            bytes += length;
            count++;
        }
        Refill(queue);
        if (_receiving.IsBroken)
            session.Fail("it gave back a buffer that it did not have");
        queue.Counters.CountReceived(count, bytes);
        return count;
    }

    /// <inheritdoc/>
    public override void Send(VirtioUserQueue queue, Frame* frames, int count, bool isOwn)
    {
        PeerBuffers buffers = queue.Buffers;
        Reclaim(buffers);
        long bytes = 0;
        int sent = 0;
        for (int i = 0; i < count; i++)
        {
            Frame* frame = frames + i;
            uint length = (uint)frame->Length;
            byte* data = frame->Data;
            if (_sending.Free == 0)
                queue.Counters.CountRefused(RefusalCause.RingFull, 1);
            else if (isOwn && frame->Buffer < buffers.Count && data - frame->HardStart >= headerSize)
            {
                Add(queue, (uint)frame->Buffer, data, length);
                bytes += length;
                sent++;
                continue;
            }
            else if (length > buffers.Room)
                queue.Counters.CountRefused(RefusalCause.TooLong, 1);
            else if (buffers.TryTake(out uint index))
            {
                byte* to = buffers[index] + PeerBuffers.Headroom;
                PacketCopy.Copy(to, data, length);
                Add(queue, index, to, length);
                bytes += length;
                sent++;
            }
            else
                queue.Counters.CountRefused(RefusalCause.NoBuffer, 1);
            if (isOwn)
                queue.Release(frame, 1);
        }
        if (sent > 0)
        {
            _sending.Publish();
            _newSend = true;
        }
        queue.Counters.CountSent(sent, bytes);
    }

    /// <inheritdoc/>
    public override void Flush(VirtioUserQueue queue)
    {
        Reclaim(queue.Buffers);
        if (!_newSend && !_newReceive)
            return;
        // What was published must be visible before the device's wish is read: else it could fall asleep over it.
        Thread.MemoryBarrier();
        if (_newSend && _sending.WantsKick)
            sendKick.Signal();
        if (_newReceive && _receiving.WantsKick)
            receiveKick.Signal();
        _newSend = _newReceive = false;
    }

    /// <inheritdoc/>
    public override void TakeBack(VirtioUserQueue queue)
    {
        while (_receiving.TryTakeBack(out uint index) || _sending.TryTakeBack(out index))
            queue.Buffers.Return(index);
        if (_isJoining)
            queue.Joined.Return(_joined);
        _receiving.Release();
        _sending.Release();
    }

    private void Reclaim(PeerBuffers buffers)
    {
        while (_sending.TryTake(out uint done, out _))
            buffers.Return(done);
        if (_sending.IsBroken)
            session.Fail("it gave back a buffer that it did not have");
    }

    private void Add(VirtioUserQueue queue, uint index, byte* data, uint length)
    {
        byte* header = data - headerSize;
        *(ulong*)header = 0;
        if (headerSize == 12)
            *(uint*)(header + 8) = 0;
        else
            *(ushort*)(header + 8) = 0;
        _sending.Add(index, queue.AddressOf(header), length + headerSize, isWritable: false);
    }

    private bool StartJoin(VirtioUserQueue queue, uint index, uint length, uint pieces)
    {
        if (!queue.Joined.TryTake(out _joined))
        {
            // Without a buffer to put it together the packet is lost, but its other pieces must be taken all the same.
            _joined = uint.MaxValue;
        }
        _isJoining = true;
        _joinedLength = 0;
        _buffersToCome = pieces - 1;
        Append(queue, index, length, PeerBuffers.Headroom);
        return true;
    }

    /// <summary>Takes the pieces that have come.</summary>
    /// <returns>True when a frame is whole.</returns>
    private bool Join(VirtioUserQueue queue, Frame* frame, ulong now)
    {
        while (_buffersToCome > 0)
        {
            if (!_receiving.TryTake(out uint index, out uint length))
                return false;
            // Only the first buffer of a packet has a header.
            Append(queue, index, length, PeerBuffers.Headroom - headerSize);
            _buffersToCome--;
        }
        _isJoining = false;
        if (_joined == uint.MaxValue)
            return queue.IsUsable(uint.MaxValue, PacketBurst.MaxLength);
        if (!queue.IsUsable(_joinedLength, PacketBurst.MaxLength))
        {
            queue.Joined.Return(_joined);
            return false;
        }
        byte* buffer = queue.Joined[_joined];
        queue.Describe(frame, buffer, buffer + PeerBuffers.Headroom, _joinedLength, buffer + queue.Joined.Stride, VirtioUserQueue.IsJoined | _joined, now);
        return true;
    }

    private void Append(VirtioUserQueue queue, uint index, uint length, uint offset)
    {
        bool fits = length <= queue.Buffers.Stride - offset && _joinedLength <= PacketBurst.MaxLength && length <= PacketBurst.MaxLength - _joinedLength;
        if (fits && _joined != uint.MaxValue)
            PacketCopy.Copy(queue.Joined[_joined] + PeerBuffers.Headroom + _joinedLength, queue.Buffers[index] + offset, length);
        _joinedLength = fits ? _joinedLength + length : uint.MaxValue;
        queue.Buffers.Return(index);
    }
}
