using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Headrace.Engine;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary>A queue of a DPDK port: the driver's own burst functions, mbufs lent as frames.</summary>
internal sealed unsafe class DpdkQueue : PacketQueue, IDisposable
{
    private const int Burst = 256;

    private const ulong IsJoined = 1;

    // Where an mbuf's own buffer begins.
    private const int BufferAt = DpdkAbi.MbufSize + DpdkEnvironment.PrivateSize;

    [ThreadStatic]
    private static bool t_isRegistered;

    private readonly DpdkPort _port;
    private readonly DpdkEnvironment _environment;
    private readonly ushort _number;
    private readonly byte* _operations;
    private readonly nint* _mbufs = (nint*)NativeMemory.Alloc(Burst, (nuint)sizeof(nint));
    private readonly nint* _spare = (nint*)NativeMemory.Alloc(Burst, (nuint)sizeof(nint));
    private readonly PeerBuffers _joined = new(64, PeerBuffers.StrideFor(PacketBurst.MaxLength));
    private uint _spareCount;
    private long _unjoined;
    private bool _disposed;

    public DpdkQueue(DpdkPort port, DpdkEnvironment environment, ushort number)
    {
        (_port, _environment, _number) = (port, environment, number);
        _operations = environment.Dpdk.PortOperations + port.Number * DpdkAbi.PortOperations;
    }

    /// <inheritdoc/>
    public override object Memory => _environment;

    /// <inheritdoc/>
    public override int Receive(Frame* frames, int capacity)
    {
        if (!t_isRegistered)
            Register();
        var receive = *(delegate* unmanaged<void*, nint*, ushort, ushort>*)(_operations + DpdkAbi.ReceiveFunction);
        void* queue = (*(void***)(_operations + DpdkAbi.ReceiveQueues))[_number];
        int count = receive(queue, _mbufs, (ushort)Math.Min(capacity, Burst));
        if (count == 0)
            return 0;
        ulong now = PortClock.Now;
        ulong source = _port.Ifindex | ((ulong)_number << 32);
        long bytes = 0;
        int taken = 0;
        for (int i = 0; i < count; i++)
        {
            int plain = DescribePlain(_mbufs + i, count - i, frames + taken, source, now, ref bytes);
            i += plain;
            taken += plain;
            if (i < count && Join((byte*)_mbufs[i], frames + taken, now))
                taken++;
        }
        Counters.CountReceived(taken, bytes);
        return taken;
    }

    /// <inheritdoc/>
    public override void Send(PacketQueue owner, Frame* frames, int count)
    {
        if (!t_isRegistered)
            Register();
        bool isOurs = owner.Memory == _environment;
        for (int done = 0; done < count; done += Burst)
            SendBurst(owner, frames + done, Math.Min(Burst, count - done), isOurs);
        if (!isOurs)
            owner.Release(frames, count);
    }

    /// <inheritdoc/>
    public override void Release(Frame* frames, int count)
    {
        if (!t_isRegistered)
            Register();
        for (int done = 0; done < count;)
        {
            uint mbufs = 0;
            for (; done < count && mbufs < Burst; done++)
            {
                if ((frames[done].Buffer & IsJoined) != 0)
                    _joined.Return((uint)(frames[done].Buffer >> 1));
                else
                    _mbufs[mbufs++] = (nint)frames[done].Buffer;
            }
            Free(mbufs);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, long>> ReadMissed()
    {
        KeyValuePair<string, long> unjoined = new("no buffer for a packet in several mbufs", Volatile.Read(ref _unjoined));
        // DPDK counts a device's, not a queue's.
        if (_number != 0 || Volatile.Read(ref _disposed))
            return [unjoined];
        byte* statistics = stackalloc byte[DpdkAbi.StatisticsSize];
        if (_environment.Dpdk.GetStatistics(_port.Number, statistics) != 0)
            return [unjoined];
        return
        [
            unjoined,
            new("missed by the device", *(long*)(statistics + DpdkAbi.StatisticsMissed)),
            new("damaged on the wire", *(long*)(statistics + DpdkAbi.StatisticsErrors)),
            new("no mbuf free", *(long*)(statistics + DpdkAbi.StatisticsNoBuffer)),
        ];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        Volatile.Write(ref _disposed, true);
        if (_spareCount > 0)
            _environment.Dpdk.FreeMbufs(_spare, _spareCount);
        NativeMemory.Free(_mbufs);
        NativeMemory.Free(_spare);
        _joined.Dispose();
    }

    private void SendBurst(PacketQueue owner, Frame* frames, int count, bool isOurs)
    {
        uint mbufs = 0;
        long bytes = 0;
        for (int i = 0; i < count; i++)
        {
            if (isOurs)
            {
                int inPlace = PutInPlace(frames + i, count - i, _mbufs + mbufs, ref bytes);
                i += inPlace;
                mbufs += (uint)inPlace;
                if (i == count)
                    break;
            }
            Frame* frame = frames + i;
            uint length = (uint)frame->Length;
            byte* mbuf = Copy(frame, length);
            if (isOurs)
                ReleaseOne(owner, frame);
            if (mbuf == null)
                continue;
            SetLength(mbuf, length);
            bytes += length;
            _mbufs[mbufs++] = (nint)mbuf;
        }
        if (mbufs == 0)
            return;
        var transmit = *(delegate* unmanaged<void*, nint*, ushort, ushort>*)(_operations + DpdkAbi.TransmitFunction);
        void* queue = (*(void***)(_operations + DpdkAbi.TransmitQueues))[_number];
        // Many drivers take no more than 32 or 64 at once; they are asked again while they take any.
        uint sent = 0;
        while (sent < mbufs)
        {
            uint now = transmit(queue, _mbufs + sent, (ushort)(mbufs - sent));
            if (now == 0)
                break;
            sent += now;
        }
        for (uint i = sent; i < mbufs; i++)
            bytes -= *(ushort*)((byte*)_mbufs[i] + DpdkAbi.MbufDataLength);
        Counters.CountSent(sent, bytes);
        if (sent == mbufs)
            return;
        Counters.CountRefused(RefusalCause.RingFull, mbufs - sent);
        _environment.Dpdk.FreeMbufs(_mbufs + sent, mbufs - sent);
    }

    // A loop by itself, here and below: inlined into its callers it would keep its variables in memory.
    /// <summary>Describes packets of one mbuf with its own buffer, up to the first that is none such.</summary>
    /// <returns>How many.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int DescribePlain(nint* mbufs, int count, Frame* frames, ulong source, ulong now, ref long bytes)
    {
        nint* end = mbufs + count;
        ulong sum = 0;
        for (; mbufs < end; mbufs++, frames++)
        {
            byte* mbuf = (byte*)*mbufs;
            byte* buffer = *(byte**)(mbuf + DpdkAbi.MbufBuffer);
            if (*(ushort*)(mbuf + DpdkAbi.MbufSegments) != 1 || buffer != mbuf + BufferAt)
                break;
            uint length = *(ushort*)(mbuf + DpdkAbi.MbufDataLength);
            byte* data = buffer + *(ushort*)(mbuf + DpdkAbi.MbufDataOffset);
            ReceivedFrame.Describe(frames, buffer - DpdkEnvironment.PrivateSize, data, length, buffer + *(ushort*)(mbuf + DpdkAbi.MbufBufferLength), source, (ulong)mbuf, now);
            sum += length;
        }
        bytes += (long)sum;
        return count - (int)(end - mbufs);
    }

    /// <summary>Makes mbufs of packets that are still where they were received, up to the first that is not.</summary>
    /// <returns>How many.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int PutInPlace(Frame* frames, int count, nint* mbufs, ref long bytes)
    {
        Frame* end = frames + count;
        ulong sum = 0;
        for (; frames < end; frames++, mbufs++)
        {
            byte* mbuf = (byte*)frames->Buffer;
            byte* data = frames->Data;
            // A packet that grew into the private bytes before its buffer has no offset: it moves to another mbuf.
            if ((frames->Buffer & IsJoined) != 0 || data < mbuf + BufferAt)
                break;
            uint length = (uint)(frames->End - data);
            *(ushort*)(mbuf + DpdkAbi.MbufDataOffset) = (ushort)(data - (mbuf + BufferAt));
            SetLength(mbuf, length);
            *mbufs = (nint)mbuf;
            sum += length;
        }
        bytes += (long)sum;
        return count - (int)(end - frames);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetLength(byte* mbuf, uint length)
    {
        *(uint*)(mbuf + DpdkAbi.MbufPacketLength) = length;
        *(ushort*)(mbuf + DpdkAbi.MbufDataLength) = (ushort)length;
    }

    /// <summary>An mbuf with a copy of a packet; null when it was refused and counted.</summary>
    private byte* Copy(Frame* frame, uint length)
    {
        if (_spareCount == 0 && _environment.TryTake(_spare, Burst / 4))
            _spareCount = Burst / 4;
        if (_spareCount == 0)
        {
            Counters.CountRefused(RefusalCause.NoBuffer, 1);
            return null;
        }
        byte* mbuf = (byte*)_spare[_spareCount - 1];
        byte* buffer = *(byte**)(mbuf + DpdkAbi.MbufBuffer);
        if (length > *(ushort*)(mbuf + DpdkAbi.MbufBufferLength) - (uint)DpdkAbi.MbufHeadroom)
        {
            Counters.CountRefused(RefusalCause.TooLong, 1);
            return null;
        }
        _spareCount--;
        *(ushort*)(mbuf + DpdkAbi.MbufDataOffset) = DpdkAbi.MbufHeadroom;
        *(ulong*)(mbuf + DpdkAbi.MbufFlags) = 0;
        PacketCopy.Copy(buffer + DpdkAbi.MbufHeadroom, frame->Data, length);
        return mbuf;
    }

    /// <summary>Copies a packet of several mbufs, or of one with a buffer elsewhere, into one piece.</summary>
    private bool Join(byte* first, Frame* frame, ulong now)
    {
        uint total = *(uint*)(first + DpdkAbi.MbufPacketLength);
        bool fits = total <= PacketBurst.MaxLength;
        uint index = 0;
        if (fits && _joined.TryTake(out index))
        {
            byte* buffer = _joined[index];
            byte* to = buffer + PeerBuffers.Headroom;
            for (byte* mbuf = first; mbuf != null; mbuf = *(byte**)(mbuf + DpdkAbi.MbufNext))
            {
                uint length = *(ushort*)(mbuf + DpdkAbi.MbufDataLength);
                PacketCopy.Copy(to, *(byte**)(mbuf + DpdkAbi.MbufBuffer) + *(ushort*)(mbuf + DpdkAbi.MbufDataOffset), length);
                to += length;
            }
            byte* data = buffer + PeerBuffers.Headroom;
            ReceivedFrame.Describe(frame, buffer, data, (uint)(to - data), buffer + _joined.Stride, _port.Ifindex | ((ulong)_number << 32), ((ulong)index << 1) | IsJoined, now);
        }
        else
        {
            fits = false;
            Volatile.Write(ref _unjoined, _unjoined + 1);
        }
        nint toFree = (nint)first;
        _environment.Dpdk.FreeMbufs(&toFree, 1);
        return fits;
    }

    private void ReleaseOne(PacketQueue owner, Frame* frame)
    {
        if ((frame->Buffer & IsJoined) != 0)
        {
            owner.Release(frame, 1);
            return;
        }
        nint mbuf = (nint)frame->Buffer;
        _environment.Dpdk.FreeMbufs(&mbuf, 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Free(uint count)
    {
        if (count > 0)
            _environment.Dpdk.FreeMbufs(_mbufs, count);
    }

    // Threads that EAL knows have a cache of mbufs; others go to the common ring each time.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Register()
    {
        _ = _environment.Dpdk.RegisterThread();
        t_isRegistered = true;
    }
}
