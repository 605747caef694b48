namespace Headrace.Engine;

/// <summary>Helpers of XDP programs that move the packet's ends or copy its bytes.</summary>
internal static unsafe class XdpHelpers
{
    /// <summary><c>sizeof(struct xdp_frame)</c>, kept free at the start of the headroom.</summary>
    public const int FrameHeaderSize = 40;

    /// <summary>Bytes that a packet keeps.</summary>
    public const int EthernetHeader = 14;

    /// <summary>The width of <c>skb_shared_info.meta_len</c>.</summary>
    public const int LargestMetadata = 255;

    private const uint LargestOffset = 0xffff;

    public static ulong XdpAdjustHead<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Frame* frame = TAccess.Context(machine, r1);
        long metadata = frame->Data - frame->Meta;
        byte* data = frame->Data + (int)r2;
        if (data < frame->HardStart + FrameHeaderSize + metadata || data > frame->End - EthernetHeader)
            return Result.Error(Errno.EINVAL);
        if (metadata != 0)
            Buffer.MemoryCopy(frame->Meta, data - metadata, metadata, metadata);
        frame->Meta = data - metadata;
        frame->Data = data;
        return 0;
    }

    public static ulong XdpAdjustMeta<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Frame* frame = TAccess.Context(machine, r1);
        byte* meta = frame->Meta + (int)r2;
        if (meta < frame->HardStart + FrameHeaderSize || meta > frame->Data)
            return Result.Error(Errno.EINVAL);
        long length = frame->Data - meta;
        if ((length & 3) != 0 || length > LargestMetadata)
            return Result.Error(Errno.EACCES);
        frame->Meta = meta;
        return 0;
    }

    public static ulong XdpAdjustTail<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Frame* frame = TAccess.Context(machine, r1);
        int offset = (int)r2;
        byte* end = frame->End + offset;
        if (end > frame->HardEnd || end < frame->Data + EthernetHeader)
            return Result.Error(Errno.EINVAL);
        if (offset > 0)
            new Span<byte>(frame->End, offset).Clear();
        frame->End = end;
        return 0;
    }

    public static ulong XdpGetBuffLen<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess => (uint)TAccess.Context(machine, r1)->Length;

    public static ulong XdpLoadBytes<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Frame* frame = TAccess.Context(machine, r1);
        uint offset = (uint)r2, length = (uint)r4;
        byte* target = TAccess.Write(machine, r3, length);
        int error = CheckRange(frame, offset, length);
        if (error == 0)
            Buffer.MemoryCopy(frame->Data + offset, target, length, length);
        return (ulong)(long)error;
    }

    public static ulong XdpStoreBytes<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Frame* frame = TAccess.Context(machine, r1);
        uint offset = (uint)r2, length = (uint)r4;
        byte* source = TAccess.Read(machine, r3, length);
        int error = CheckRange(frame, offset, length);
        if (error == 0)
            Buffer.MemoryCopy(source, frame->Data + offset, length, length);
        return (ulong)(long)error;
    }

    private static int CheckRange(Frame* frame, uint offset, uint length)
    {
        if (offset > LargestOffset || length > LargestOffset)
            return -Errno.EFAULT;
        return offset + length > (uint)frame->Length ? -Errno.EINVAL : 0;
    }
}
