using System.Buffers.Binary;

namespace Headrace.Engine;

/// <summary>Room made and taken inside a packet of an <c>__sk_buff</c> program, and what its headers say.</summary>
internal static unsafe class SkbRoom
{
    public const int EthernetHeader = 14;
    public const int Ipv4Header = 20, Ipv6Header = 40;

    // SKB_MAX_ALLOC of 64-bit kernels: four pages less the shared info.
    public const int LongestPacket = 4 * 4096 - 320;

    /// <summary>The EtherType in host order, after VLAN tags that were taken off.</summary>
    public static ushort ProtocolOf(Frame* frame) => BinaryPrimitives.ReverseEndianness((ushort)frame->Skb->Protocol);

    public static void SetProtocol(Frame* frame, ushort protocol) => frame->Skb->Protocol = BinaryPrimitives.ReverseEndianness(protocol);

    /// <summary>Opens <paramref name="count"/> zero bytes behind the first <paramref name="offset"/>; 0, or -ENOMEM when the buffer is too small.</summary>
    /// <remarks>The kernel would take a larger buffer; here a packet has about 4 KiB and moves inside of it.</remarks>
    public static int Open(Frame* frame, int offset, int count)
    {
        if (offset > frame->Length || frame->HardEnd - frame->HardStart < frame->Length + count)
            return -Errno.ENOMEM;
        if (frame->Data - frame->HardStart < count)
            MoveTo(frame, frame->HardStart + count);
        byte* data = frame->Data - count;
        Buffer.MemoryCopy(frame->Data, data, offset, offset);
        new Span<byte>(data + offset, count).Clear();
        frame->Data = frame->Meta = data;
        return 0;
    }

    /// <summary>Takes <paramref name="count"/> bytes out behind the first <paramref name="offset"/>; 0, or -ENOMEM when the packet is too short.</summary>
    public static int Close(Frame* frame, int offset, int count)
    {
        if (offset + count > frame->Length)
            return -Errno.ENOMEM;
        byte* data = frame->Data + count;
        Buffer.MemoryCopy(frame->Data, data, offset, offset);
        frame->Data = frame->Meta = data;
        return 0;
    }

    private static void MoveTo(Frame* frame, byte* data)
    {
        int length = frame->Length;
        Buffer.MemoryCopy(frame->Data, data, length, length);
        frame->Data = frame->Meta = data;
        frame->End = data + length;
    }
}
