using System.Buffers.Binary;

namespace Headrace.Bench;

/// <summary>The programs that engines are compared on.</summary>
internal static class EngineSuite
{
    /// <summary>The object of bench/programs.</summary>
    public const string Object = "engine.bpf.o";

    private const string Compute = "compute", Maps = "maps and helpers", Whole = "whole programs";

    /// <summary>The program that only returns: every other figure is net of it.</summary>
    public static EngineProgram Empty { get; } = new(Object, "drop", Udp(64), "");

    /// <summary>The suite.</summary>
    public static IReadOnlyList<EngineProgram> Programs { get; } =
    [
        new(Object, "fnv64", Udp(64), Compute),
        new(Object, "jhash60", Udp(64), Compute),
        new(Object, "checksum64", Udp(64), Compute),
        new(Object, "checksum1500", Udp(1514), Compute),
        new(Object, "collatz", Udp(64), Compute),
        new(Object, "modulo", Udp(64), Compute),
        new(Object, "siphash32", Udp(64), Compute),
        new(Object, "bits", Udp(64), Compute),
        new(Object, "parse", Udp(64), Compute),
        new(Object, "count", Udp(64), Maps),
        new(Object, "hash4", Udp(64), Maps),
        new(Object, "hash16", Udp(64), Maps),
        new(Object, "hash40", Udp(64), Maps),
        new(Object, "lru16", Udp(64), Maps),
        new(Object, "lpm", Udp(64), Maps),
        new(Object, "redirect_map", Udp(64), Maps),
        new(Object, "csum_diff", Udp(64), Maps),
        new(Object, "tail_calls", Udp(64), Maps),
        new("firewall.bpf.o", "firewall", Udp(64), Whole),
        new("ddos.bpf.o", "ddos", Udp(64), Whole),
    ];

    // An Ethernet frame with IPv4 and UDP; the payload counts up.
    private static byte[] Udp(int length)
    {
        byte[] packet = new byte[length];
        for (int i = 42; i < length; i++)
            packet[i] = (byte)i;
        ReadOnlySpan<byte> ethernet = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
        ethernet.CopyTo(packet);
        Span<byte> ip = packet.AsSpan(14);
        (ip[0], ip[8], ip[9]) = (0x45, 64, 17);
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(length - 14));
        ReadOnlySpan<byte> addresses = [10, 1, 2, 3, 192, 0, 2, 7];
        addresses.CopyTo(ip[12..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[20..], 4242);
        BinaryPrimitives.WriteUInt16BigEndian(ip[22..], 53);
        BinaryPrimitives.WriteUInt16BigEndian(ip[24..], (ushort)(length - 34));
        return packet;
    }
}
