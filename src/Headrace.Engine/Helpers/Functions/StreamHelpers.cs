namespace Headrace.Engine;

/// <summary>Helpers that send records to user code through ring buffers and perf events, and take some from it.</summary>
internal static unsafe class StreamHelpers
{
    private const ulong IndexMask = 0xffff_ffff; // BPF_F_INDEX_MASK
    private const int PacketLengthShift = 32;
    private const ulong PacketLengthMask = 0xf_fffful << PacketLengthShift; // BPF_F_CTXLEN_MASK
    private const ulong WakeupFlags = 3; // BPF_RB_NO_WAKEUP | BPF_RB_FORCE_WAKEUP
    private const int MostSamples = 128 * 1024; // BPF_MAX_USER_RINGBUF_SAMPLES

    public static ulong PerfEventOutput<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Frame* frame = TAccess.Context(machine, r1);
        var map = (PerfEventArrayMap)TAccess.Map(machine, r2, MapTypes.PerfEventArray);
        uint size = (uint)r5;
        byte* data = TAccess.Read(machine, r4, size);
        if ((r3 & ~(PacketLengthMask | IndexMask)) != 0)
            return Result.Error(Errno.EINVAL);
        ulong packetLength = (r3 & PacketLengthMask) >> PacketLengthShift;
        if (packetLength > (uint)frame->Length)
            return Result.Error(Errno.EFAULT);
        return (ulong)(long)map.Output(r3 & IndexMask, machine.State->Cpu, data, size, frame->Data, packetLength);
    }

    public static ulong RingbufReserve<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        var ring = (RingBufferMap)TAccess.Map(machine, r1, MapTypes.RingBuffer);
        byte* record = r3 != 0 ? null : ring.Reserve(r2);
        if (record != null)
            machine.HoldRecord(ring, record, r2);
        return (ulong)record;
    }

    public static ulong RingbufSubmit<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess => Finish(machine, (byte*)r1, discard: false, r2);

    public static ulong RingbufDiscard<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess => Finish(machine, (byte*)r1, discard: true, r2);

    public static ulong RingbufOutput<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        var ring = (RingBufferMap)TAccess.Map(machine, r1, MapTypes.RingBuffer);
        return (ulong)(long)ring.Output(TAccess.Read(machine, r2, r3), r3, r4);
    }

    public static ulong RingbufQuery<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess => ((RingBufferMap)TAccess.Map(machine, r1, MapTypes.RingBuffer)).Query(r2);

    public static ulong RingbufReserveDynptr<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        var ring = (RingBufferMap)TAccess.Map(machine, r1, MapTypes.RingBuffer);
        var dynptr = (Dynptr*)TAccess.Write(machine, r4, (ulong)sizeof(Dynptr));
        uint size = (uint)r2;
        dynptr->Clear();
        if (r3 != 0)
            return Result.Error(Errno.EINVAL);
        if (size > Dynptr.MaxSize)
            return Result.Error(Errno.E2BIG);
        byte* record = ring.Reserve(size);
        if (record == null)
            return Result.Error(Errno.EINVAL);
        machine.HoldRecord(ring, record, size);
        dynptr->Set(record, size, DynptrKind.RingBuffer);
        return 0;
    }

    public static ulong RingbufSubmitDynptr<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess => Finish(machine, TAccess.Dynptr(machine, r1), discard: false, r2);

    public static ulong RingbufDiscardDynptr<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess => Finish(machine, TAccess.Dynptr(machine, r1), discard: true, r2);

    public static ulong UserRingbufDrain<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        var map = (UserRingBufferMap)TAccess.Map(machine, r1, MapTypes.UserRingBuffer);
        if ((r4 & ~WakeupFlags) != 0)
            return Result.Error(Errno.EINVAL);
        if (!map.TryBeginDrain())
            return Result.Error(Errno.EBUSY);
        Dynptr sample = default;
        machine.AddRegion((byte*)&sample, (ulong)sizeof(Dynptr), writable: false, "a sample's dynptr");
        try
        {
            ulong count = 0;
            bool stop = false;
            while (!stop && count < MostSamples && map.TryTake(out byte* data, out uint length))
            {
                sample.Set(data, length, DynptrKind.Local);
                machine.AddRegion(data, length, writable: true, "a sample");
                stop = machine.CallFunction(r2, (ulong)(&sample), r3) != 0;
                machine.RemoveRegion(data);
                map.Release(length);
                count++;
            }
            return count;
        }
        finally
        {
            machine.RemoveRegion((byte*)&sample);
            map.EndDrain();
        }
    }

    private static ulong Finish(Machine machine, byte* record, bool discard, ulong flags)
    {
        machine.TakeRecord(record).Commit(record, discard, flags);
        return 0;
    }

    private static ulong Finish(Machine machine, Dynptr* dynptr, bool discard, ulong flags)
    {
        if (dynptr->Data == null)
            return 0;
        Finish(machine, dynptr->Data, discard, flags);
        dynptr->Clear();
        return 0;
    }
}
