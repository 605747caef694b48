using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Headrace.Engine;

namespace Headrace.Bench;

/// <summary>Makes the packet of a turn in a frame, whatever a program made of the one before.</summary>
internal unsafe delegate void MakePacket(Frame* frame, uint turn);

/// <summary>The packets that <see cref="TableTimer"/> gives to programs, as the objects' own C makes them in the kernel.</summary>
internal static unsafe class TablePackets
{
    /// <summary>EtherType of packets that carry their turn's number, and of those that ask for another packet each run.</summary>
    public const ushort TurnType = 0x88b5;

    /// <summary>Bytes of each.</summary>
    public const int Length = 64;

    private const int NumberOffset = 16;
    private const int ChecksumOffset = 24;
    private const int SourceOffset = 26;
    private const int DestinationOffset = 30;
    private const int PortOffset = 34;

    /// <summary>A packet that only carries its mark.</summary>
    public static byte[] Marked()
    {
        byte[] packet = new byte[Length];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(12), TurnType);
        return packet;
    }

    /// <summary>An IPv4 and UDP packet without addresses: write_packet of turns.h.</summary>
    public static byte[] Udp()
    {
        byte[] packet = new byte[Length];
        Convert.FromHexString("0800" + "4500002e00000000401100000000000000000000" + "000001bb001a0000").CopyTo(packet, 12);
        return packet;
    }

    /// <summary>Writes the number of the turn.</summary>
    public static void Number(Frame* frame, uint turn) => *(uint*)(frame->Data + NumberOffset) = turn;

    /// <summary>Packets of known connections: make_packet of lb_turns.bpf.c.</summary>
    public static MakePacket Connections(int bits)
    {
        byte[] original = Udp();
        return (frame, turn) =>
        {
            byte* packet = Restore(frame, original);
            uint number = Shuffle(turn, bits);
            WriteAddresses(packet, ConnectionSource(number), ProgramTables.Vip, ConnectionPort(number));
        };
    }

    /// <summary>Packets to addresses in turn, which are in network order: make_packet of router_turns.bpf.c.</summary>
    public static MakePacket Routed(uint[] addresses)
    {
        byte[] original = Udp();
        return (frame, turn) =>
        {
            byte* packet = Restore(frame, original);
            WriteAddresses(packet, 0x0a000001, BinaryPrimitives.ReverseEndianness(addresses[turn % (uint)addresses.Length]), 1024);
        };
    }

    /// <summary>Where a connection comes from.</summary>
    public static uint ConnectionSource(uint number) => 0x0a000000 + number;

    /// <summary>Its port there.</summary>
    public static ushort ConnectionPort(uint number) => (ushort)(1024 + (number & 0x3fff));

    private static byte* Restore(Frame* frame, byte[] original)
    {
        byte* packet = frame->HardStart + PacketBurst.Headroom;
        frame->Meta = frame->Data = packet;
        frame->End = packet + Length;
        Unsafe.CopyBlockUnaligned(ref *packet, ref original[0], Length);
        return packet;
    }

    private static void WriteAddresses(byte* packet, uint source, uint destination, ushort port)
    {
        *(uint*)(packet + SourceOffset) = BinaryPrimitives.ReverseEndianness(source);
        *(uint*)(packet + DestinationOffset) = BinaryPrimitives.ReverseEndianness(destination);
        *(ushort*)(packet + PortOffset) = BinaryPrimitives.ReverseEndianness(port);
        uint sum = 0x4500 + 0x002e + 0x4011 + (source >> 16) + (source & 0xffff) + (destination >> 16) + (destination & 0xffff);
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        *(ushort*)(packet + ChecksumOffset) = BinaryPrimitives.ReverseEndianness((ushort)~sum);
    }

    // As shuffle of turns.h.
    private static uint Shuffle(uint turn, int bits)
    {
        uint mask = (1u << bits) - 1, number = turn * 0x9e3779b1 & mask;
        number ^= number >> (bits / 2);
        number = number * 0x85ebca6b & mask;
        return number ^ number >> (bits / 2);
    }
}
