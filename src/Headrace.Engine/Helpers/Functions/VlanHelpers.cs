using System.Buffers.Binary;

namespace Headrace.Engine;

/// <summary>Helpers that put VLAN tags on and take them off. The outermost tag lives beside the packet, as a network card leaves it.</summary>
internal static unsafe class VlanHelpers
{
    private const int TagSize = 4;
    private const int TagOffset = 12; // behind the two hardware addresses

    public static ulong SkbVlanPush<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Frame* frame = TAccess.Context(machine, r1);
        SkbFields* skb = frame->Skb;
        ushort protocol = BinaryPrimitives.ReverseEndianness((ushort)r2);
        if (!EtherTypes.IsVlan(protocol))
            protocol = EtherTypes.Vlan;
        if (skb->VlanPresent != 0)
        {
            // The tag beside the packet moves in to make place for the new one.
            int error = frame->Length < SkbRoom.EthernetHeader ? -Errno.ENOMEM : SkbRoom.Open(frame, TagOffset, TagSize);
            if (error != 0)
                return (ulong)(long)error;
            *(ushort*)(frame->Data + TagOffset) = (ushort)skb->VlanProtocol;
            *(ushort*)(frame->Data + TagOffset + 2) = BinaryPrimitives.ReverseEndianness((ushort)skb->VlanTci);
            skb->Protocol = skb->VlanProtocol;
        }
        skb->VlanPresent = 1;
        skb->VlanProtocol = BinaryPrimitives.ReverseEndianness(protocol);
        skb->VlanTci = (ushort)r3;
        return 0;
    }

    public static ulong SkbVlanPop<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Frame* frame = TAccess.Context(machine, r1);
        SkbFields* skb = frame->Skb;
        int error;
        if (skb->VlanPresent != 0)
        {
            skb->VlanPresent = 0;
            skb->VlanProtocol = skb->VlanTci = 0;
        }
        else if (!EtherTypes.IsVlan(SkbRoom.ProtocolOf(frame)))
        {
            return 0;
        }
        else if ((error = TakeTag(frame, out _)) != 0)
        {
            return (ulong)(long)error;
        }

        ushort next = SkbRoom.ProtocolOf(frame);
        if (!EtherTypes.IsVlan(next))
            return 0;
        error = TakeTag(frame, out ushort tag);
        if (error == 0)
        {
            skb->VlanPresent = 1;
            skb->VlanProtocol = BinaryPrimitives.ReverseEndianness(next);
            skb->VlanTci = tag;
        }
        return (ulong)(long)error;
    }

    private static int TakeTag(Frame* frame, out ushort tag)
    {
        tag = 0;
        if (frame->Length < SkbRoom.EthernetHeader + TagSize)
            return -Errno.ENOMEM;
        tag = BinaryPrimitives.ReverseEndianness(*(ushort*)(frame->Data + SkbRoom.EthernetHeader));
        frame->Skb->Protocol = *(ushort*)(frame->Data + SkbRoom.EthernetHeader + 2);
        return SkbRoom.Close(frame, TagOffset, TagSize);
    }
}
