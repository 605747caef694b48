namespace Headrace.Engine;

/// <summary>Helpers of <c>__sk_buff</c> programs that change the packet's length.</summary>
internal static unsafe class SkbRoomHelpers
{
    private const uint LargestDifference = 0xfff;
    private const ulong ModeNetwork = 0, ModeMac = 1; // BPF_ADJ_ROOM_NET, BPF_ADJ_ROOM_MAC

    // Flags BPF_F_ADJ_ROOM_*.
    private const ulong FixedGso = 1 << 0;
    private const ulong EncapIpv4 = 1 << 1, EncapIpv6 = 1 << 2;
    private const ulong EncapGre = 1 << 3, EncapUdp = 1 << 4;
    private const ulong NoChecksumReset = 1 << 5;
    private const ulong EncapEthernet = 1 << 6;
    private const ulong DecapIpv4 = 1 << 7, DecapIpv6 = 1 << 8;
    private const int InnerLengthShift = 56; // BPF_ADJ_ROOM_ENCAP_L2_SHIFT
    private const ulong AllFlags = FixedGso | EncapIpv4 | EncapIpv6 | EncapGre | EncapUdp | NoChecksumReset | EncapEthernet
        | DecapIpv4 | DecapIpv6 | 0xfful << InnerLengthShift;

    public static ulong SkbChangeHead<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Frame* frame = TAccess.Context(machine, r1);
        uint room = (uint)r2;
        uint length = (uint)frame->Length + room;
        if (r3 != 0 || length > SkbRoom.LongestPacket || length < (uint)frame->Length)
            return Result.Error(Errno.EINVAL);
        return (ulong)(long)SkbRoom.Open(frame, 0, (int)room);
    }

    public static ulong SkbChangeTail<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Frame* frame = TAccess.Context(machine, r1);
        uint length = (uint)r2;
        if (r3 != 0 || length > SkbRoom.LongestPacket || length < SkbRoom.EthernetHeader)
            return Result.Error(Errno.EINVAL);
        if (length > (ulong)(frame->HardEnd - frame->Data))
            return Result.Error(Errno.ENOMEM);
        byte* end = frame->Data + length;
        if (end > frame->End)
            new Span<byte>(frame->End, (int)(end - frame->End)).Clear();
        frame->End = end;
        return 0;
    }

    public static ulong SkbAdjustRoom<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Frame* frame = TAccess.Context(machine, r1);
        int difference = (int)r2;
        uint size = (uint)Math.Abs((long)difference);
        bool shrinks = difference < 0;
        if ((r4 & ~AllFlags) != 0)
            return Result.Error(Errno.EINVAL);
        if (size > LargestDifference)
            return Result.Error(Errno.EFAULT);
        ushort protocol = SkbRoom.ProtocolOf(frame);
        int baseLength = protocol switch { EtherTypes.Ipv4 => SkbRoom.Ipv4Header, EtherTypes.Ipv6 => SkbRoom.Ipv6Header, _ => 0 };
        if (baseLength == 0 || (uint)r3 > ModeMac)
            return Result.Error(Errno.ENOTSUPP);
        int offset = SkbRoom.EthernetHeader + ((uint)r3 == ModeNetwork ? baseLength : 0);

        int shortest = baseLength;
        ulong decap = r4 & (DecapIpv4 | DecapIpv6);
        if (decap != 0)
        {
            if (!shrinks || decap == (DecapIpv4 | DecapIpv6))
                return Result.Error(Errno.EINVAL);
            shortest = decap == DecapIpv4 ? SkbRoom.Ipv4Header : SkbRoom.Ipv6Header;
        }
        int current = frame->Length - SkbRoom.EthernetHeader;
        if (shrinks ? size >= current || current - size < shortest : frame->Length + size > SkbRoom.LongestPacket)
            return Result.Error(Errno.ENOTSUPP);
        return (ulong)(long)(shrinks ? Shrink(frame, offset, (int)size, decap, r4) : Grow(frame, offset, (int)size, protocol, r4));
    }

    public static ulong SkbChangeProto<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        const int Difference = SkbRoom.Ipv6Header - SkbRoom.Ipv4Header;
        Frame* frame = TAccess.Context(machine, r1);
        if (r3 != 0)
            return Result.Error(Errno.EINVAL);
        ushort from = SkbRoom.ProtocolOf(frame), to = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness((ushort)r2);
        int error = (from, to) switch
        {
            (EtherTypes.Ipv4, EtherTypes.Ipv6) => SkbRoom.Open(frame, SkbRoom.EthernetHeader, Difference),
            (EtherTypes.Ipv6, EtherTypes.Ipv4) => SkbRoom.Close(frame, SkbRoom.EthernetHeader, Difference),
            _ => -Errno.ENOTSUPP,
        };
        if (error == 0)
        {
            SkbRoom.SetProtocol(frame, to);
            frame->Skb->Hash = 0;
        }
        return (ulong)(long)error;
    }

    private static int Grow(Frame* frame, int offset, int size, ushort protocol, ulong flags)
    {
        ulong encap = flags & (EncapIpv4 | EncapIpv6);
        int innerLength = (int)(flags >> InnerLengthShift);
        if (encap != 0)
        {
            if (encap == (EncapIpv4 | EncapIpv6) || (flags & (EncapGre | EncapUdp)) == (EncapGre | EncapUdp)
                || ((flags & EncapEthernet) != 0 && innerLength < SkbRoom.EthernetHeader))
                return -Errno.EINVAL;
            if (innerLength > size)
                return -Errno.EINVAL;
        }
        int error = SkbRoom.Open(frame, offset, size);
        if (error != 0)
            return error;
        if (encap != 0)
        {
            SkbRoom.SetProtocol(frame, encap == EncapIpv4 ? EtherTypes.Ipv4 : EtherTypes.Ipv6);
            frame->Skb->Hash = protocol == SkbRoom.ProtocolOf(frame) ? frame->Skb->Hash : 0;
        }
        return 0;
    }

    private static int Shrink(Frame* frame, int offset, int size, ulong decap, ulong flags)
    {
        const ulong Allowed = FixedGso | NoChecksumReset | DecapIpv4 | DecapIpv6;
        if ((flags & ~Allowed) != 0)
            return -Errno.EINVAL;
        int error = SkbRoom.Close(frame, offset, size);
        if (error == 0 && decap != 0)
            SkbRoom.SetProtocol(frame, decap == DecapIpv4 ? EtherTypes.Ipv4 : EtherTypes.Ipv6);
        return error;
    }
}
