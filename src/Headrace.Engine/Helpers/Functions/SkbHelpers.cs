namespace Headrace.Engine;

/// <summary>Helpers of <c>__sk_buff</c> programs that copy the packet's bytes and set its fields.</summary>
internal static unsafe class SkbHelpers
{
    private const ulong RecomputeChecksum = 1, InvalidateHash = 2; // BPF_F_RECOMPUTE_CSUM, BPF_F_INVALIDATE_HASH
    private const ulong FromMac = 0, FromNetwork = 1; // BPF_HDR_START_MAC, BPF_HDR_START_NET
    private const uint LargestRelativeOffset = 0xffff;
    private const ulong LastPacketType = 3; // PACKET_OTHERHOST
    private const ulong TimestampUnspecified = 0, TimestampMonotonic = 1; // BPF_SKB_TSTAMP_*

    public static ulong SkbLoadBytes<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Frame* frame = TAccess.Context(machine, r1);
        uint length = (uint)r4;
        return Load(frame, (uint)r2 <= int.MaxValue ? frame->Data + (uint)r2 : null, TAccess.Write(machine, r3, length), length);
    }

    public static ulong SkbLoadBytesRelative<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Frame* frame = TAccess.Context(machine, r1);
        uint offset = (uint)r2, length = (uint)r4;
        byte* target = TAccess.Write(machine, r3, length);
        byte* start = offset > LargestRelativeOffset ? null
            : (uint)r5 == FromMac ? frame->Data + offset
            : (uint)r5 == FromNetwork ? frame->Data + SkbRoom.EthernetHeader + offset : null;
        return Load(frame, start, target, length);
    }

    public static ulong SkbStoreBytes<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Frame* frame = TAccess.Context(machine, r1);
        uint offset = (uint)r2, length = (uint)r4;
        byte* source = TAccess.Read(machine, r3, length);
        if ((r5 & ~(RecomputeChecksum | InvalidateHash)) != 0)
            return Result.Error(Errno.EINVAL);
        if (offset > int.MaxValue || (ulong)offset + length > (uint)frame->Length)
            return Result.Error(Errno.EFAULT);
        Buffer.MemoryCopy(source, frame->Data + offset, length, length);
        if ((r5 & InvalidateHash) != 0)
            frame->Skb->Hash = 0;
        return 0;
    }

    /// <summary>All bytes of a packet are in reach already; only its length is checked.</summary>
    public static ulong SkbPullData<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess => (uint)r2 > (uint)TAccess.Context(machine, r1)->Length ? Result.Error(Errno.ENOMEM) : 0;

    public static ulong SkbChangeType<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Frame* frame = TAccess.Context(machine, r1);
        if ((uint)r2 > LastPacketType || frame->Skb->PacketType > LastPacketType)
            return Result.Error(Errno.EINVAL);
        frame->Skb->PacketType = (uint)r2;
        return 0;
    }

    public static ulong GetHashRecalc<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Frame* frame = TAccess.Context(machine, r1);
        if (frame->Skb->Hash == 0)
            frame->Skb->Hash = FlowHash.Compute(new ReadOnlySpan<byte>(frame->Data, frame->Length));
        return frame->Skb->Hash;
    }

    public static ulong SetHashInvalid<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        TAccess.Context(machine, r1)->Skb->Hash = 0;
        return 0;
    }

    public static ulong SetHash<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        TAccess.Context(machine, r1)->Skb->Hash = (uint)r2;
        return 0;
    }

    public static ulong SkbSetTstamp<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Frame* frame = TAccess.Context(machine, r1);
        if (SkbRoom.ProtocolOf(frame) is not (EtherTypes.Ipv4 or EtherTypes.Ipv6))
            return Result.Error(Errno.EOPNOTSUPP);
        uint kind = (uint)r3;
        if (kind > TimestampMonotonic || (kind == TimestampUnspecified) != (r2 == 0))
            return Result.Error(Errno.EINVAL);
        frame->Skb->Tstamp = r2;
        frame->Skb->TstampType = kind;
        return 0;
    }

    /// <summary>Marks congestion (RFC 3168): 1 when the packet says that its ends understand, else 0.</summary>
    public static ulong SkbEcnSetCe<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        const byte Mask = 3;
        Frame* frame = TAccess.Context(machine, r1);
        byte* header = frame->Data + SkbRoom.EthernetHeader;
        switch (SkbRoom.ProtocolOf(frame))
        {
            case EtherTypes.Ipv4 when frame->Length >= SkbRoom.EthernetHeader + SkbRoom.Ipv4Header:
                if ((header[1] & Mask) == 0)
                    return 0;
                ushort* checksum = (ushort*)(header + 10);
                ushort before = *(ushort*)header;
                header[1] |= Mask;
                *checksum = InternetChecksum.Replace16(*checksum, before, *(ushort*)header);
                return 1;
            case EtherTypes.Ipv6 when frame->Length >= SkbRoom.EthernetHeader + SkbRoom.Ipv6Header:
                if ((header[1] & Mask << 4) == 0)
                    return 0;
                header[1] |= Mask << 4;
                return 1;
            default:
                return 0;
        }
    }

    private static ulong Load(Frame* frame, byte* start, byte* target, uint length)
    {
        if (start >= frame->Data && start <= frame->End && length <= (ulong)(frame->End - start))
        {
            Buffer.MemoryCopy(start, target, length, length);
            return 0;
        }
        new Span<byte>(target, (int)length).Clear();
        return Result.Error(Errno.EFAULT);
    }
}
