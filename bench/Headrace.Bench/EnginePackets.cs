using System.Buffers.Binary;

namespace Headrace.Bench;

/// <summary>Packets of the suite: Ethernet, IPv4 and a transport header, with right checksums; the payload counts up.</summary>
internal static class EnginePackets
{
    private const int Ip = 14, Transport = 34;
    private const byte TcpProtocol = 6, UdpProtocol = 17, Acknowledges = 0x10;

    /// <summary>A UDP packet of so many bytes.</summary>
    public static byte[] Udp(int length, string source = "10.1.2.3", string destination = "192.0.2.7", ushort port = 53)
    {
        byte[] packet = Frame(length, UdpProtocol, source, destination, port);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(Transport + 4), (ushort)(length - Transport));
        WriteTransportChecksum(packet, Transport + 6);
        return packet;
    }

    /// <summary>A TCP segment of so many bytes that acknowledges.</summary>
    public static byte[] Tcp(int length, string source, string destination, ushort port)
    {
        byte[] packet = Frame(length, TcpProtocol, source, destination, port);
        packet.AsSpan(Transport + 4, 16).Clear();
        (packet[Transport + 12], packet[Transport + 13]) = (0x50, Acknowledges);
        WriteTransportChecksum(packet, Transport + 16);
        return packet;
    }

    /// <summary>The same with other payload behind the UDP header.</summary>
    public static byte[] WithPayload(byte[] packet, ReadOnlySpan<byte> payload)
    {
        payload.CopyTo(packet.AsSpan(Transport + 8));
        WriteTransportChecksum(packet, Transport + 6);
        return packet;
    }

    /// <summary>DNS in UDP in IPv6 with hop-by-hop, routing and destination options, behind two VLAN tags.</summary>
    public static byte[] TaggedIpv6()
    {
        byte[] packet = new byte[128];
        ReadOnlySpan<byte> ethernet = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xa8, 0, 1, 0x81, 0, 0, 2, 0x86, 0xdd];
        ethernet.CopyTo(packet);
        Span<byte> ip = packet.AsSpan(ethernet.Length);
        const byte HopByHop = 0, Routing = 43, DestinationOptions = 60;
        (ip[0], ip[6], ip[7], ip[8], ip[24]) = (0x60, HopByHop, 64, 0x20, 0x20);
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)(ip.Length - 40));
        (ip[40], ip[48], ip[56]) = (Routing, DestinationOptions, UdpProtocol);
        Span<byte> udp = ip[64..];
        BinaryPrimitives.WriteUInt16BigEndian(udp, 4242);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], 53);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        return packet;
    }

    private static byte[] Frame(int length, byte protocol, string source, string destination, ushort port)
    {
        byte[] packet = new byte[length];
        for (int i = Transport + 8; i < length; i++)
            packet[i] = (byte)i;
        ReadOnlySpan<byte> ethernet = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
        ethernet.CopyTo(packet);
        Span<byte> ip = packet.AsSpan(Ip);
        (ip[0], ip[8], ip[9]) = (0x45, 64, protocol);
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(length - Ip));
        System.Net.IPAddress.Parse(source).GetAddressBytes().CopyTo(ip[12..]);
        System.Net.IPAddress.Parse(destination).GetAddressBytes().CopyTo(ip[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], (ushort)~Sum(ip[..20], 0));
        BinaryPrimitives.WriteUInt16BigEndian(ip[20..], 4242);
        BinaryPrimitives.WriteUInt16BigEndian(ip[22..], port);
        return packet;
    }

    private static void WriteTransportChecksum(byte[] packet, int offset)
    {
        packet.AsSpan(offset, 2).Clear();
        uint pseudo = Sum(packet.AsSpan(Ip + 12, 8), packet[Ip + 9] + (uint)(packet.Length - Transport));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(offset), (ushort)~Sum(packet.AsSpan(Transport), pseudo));
    }

    private static uint Sum(ReadOnlySpan<byte> bytes, uint sum)
    {
        for (int i = 0; i < bytes.Length; i++)
            sum += i % 2 == 0 ? (uint)bytes[i] << 8 : bytes[i];
        while (sum > ushort.MaxValue)
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        return sum;
    }
}
