using System.Buffers.Binary;
using System.Net;

namespace Headrace.Testing;

/// <summary>Packets for tests, layer by layer, with lengths and checksums filled in: <c>Ethernet(0x0800, IPv4("10.0.0.1", "10.0.0.2", 17, Udp(1, 2)))</c>.</summary>
public static class Packets
{
    public const byte Icmp = 1, Tcp = 6, Udp = 17, IcmpV6 = 58;
    public const byte Syn = 0x02, Ack = 0x10, PushAck = 0x18;
    public const string HostMac = "02:00:00:00:00:01", RouterMac = "02:00:00:00:00:02";

    /// <summary>An Ethernet frame, with VLAN identifiers from the outermost on.</summary>
    public static byte[] Ethernet(ushort type, byte[] payload, string destination = RouterMac, string source = HostMac, params int[] tags)
    {
        var frame = new List<byte>([.. Mac(destination), .. Mac(source)]);
        for (int i = 0; i < tags.Length; i++)
            frame.AddRange([.. Big16(i < tags.Length - 1 ? 0x88A8 : 0x8100), .. Big16(tags[i])]);
        return [.. frame, .. Big16(type), .. payload];
    }

    /// <summary>An Ethernet frame around an IPv4 or IPv6 packet.</summary>
    public static byte[] Frame(byte[] packet, string destination = RouterMac, string source = HostMac, params int[] tags) =>
        Ethernet(packet[0] >> 4 == 4 ? (ushort)0x0800 : (ushort)0x86DD, packet, destination, source, tags);

    /// <summary>An IPv4 packet; fills in the checksum of a TCP or UDP payload that is there as a whole.</summary>
    public static byte[] IPv4(string source, string destination, byte protocol, byte[] payload, byte ttl = 64, byte[]? options = null,
        ushort fragment = 0x4000, byte tos = 0, ushort identification = 0)
    {
        options ??= [];
        byte[] segment = fragment is 0 or 0x4000 ? WithChecksum([.. Address(source), .. Address(destination)], protocol, payload) : payload;
        byte[] header =
        [
            (byte)(0x45 + options.Length / 4), tos, .. Big16(20 + options.Length + segment.Length), .. Big16(identification), .. Big16(fragment),
            ttl, protocol, 0, 0, .. Address(source), .. Address(destination), .. options,
        ];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), Checksum(header));
        return [.. header, .. segment];
    }

    /// <summary>An IPv6 packet; <paramref name="extensions"/> stand before the payload, the first one's type is <paramref name="next"/>.</summary>
    public static byte[] IPv6(string source, string destination, byte protocol, byte[] payload, byte hops = 64, byte[]? extensions = null, byte? next = null, byte trafficClass = 0)
    {
        extensions ??= [];
        byte[] segment = WithChecksum([.. Address(source), .. Address(destination)], protocol, payload);
        return
        [
            (byte)(0x60 | trafficClass >> 4), (byte)(trafficClass << 4), 0, 0, .. Big16(extensions.Length + segment.Length), next ?? protocol, hops,
            .. Address(source), .. Address(destination), .. extensions, .. segment,
        ];
    }

    /// <summary>A TCP segment whose checksum IPv4() or IPv6() fills in.</summary>
    public static byte[] TcpSegment(int source, int destination, byte flags = PushAck, byte[]? payload = null) =>
        [.. Big16(source), .. Big16(destination), 0, 0, 0, 1, 0, 0, 0, 0, 0x50, flags, 0xFF, 0xFF, 0, 0, 0, 0, .. payload ?? []];

    /// <summary>A UDP datagram whose checksum IPv4() or IPv6() fills in.</summary>
    public static byte[] UdpDatagram(int source, int destination, byte[]? payload = null) =>
        [.. Big16(source), .. Big16(destination), .. Big16(8 + (payload?.Length ?? 0)), 0, 0, .. payload ?? []];

    /// <summary>A UDP datagram that says it has no checksum.</summary>
    public static byte[] UncheckedPacket(string source, string destination, int sourcePort, int destinationPort, byte[] payload)
    {
        byte[] packet = IPv4(source, destination, Udp, UdpDatagram(sourcePort, destinationPort, payload));
        packet[26] = packet[27] = 0;
        return packet;
    }

    /// <summary>An ICMP message, its checksum filled in (IPv4) or left to IPv6().</summary>
    public static byte[] IcmpMessage(byte type, int identifier = 1, int sequence = 1, byte[]? payload = null, bool v6 = false)
    {
        byte[] message = [type, 0, 0, 0, .. Big16(identifier), .. Big16(sequence), .. payload ?? []];
        if (!v6)
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Checksum(message));
        return message;
    }

    /// <summary>The RFC 1071 checksum, 16 bits at a time.</summary>
    public static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        int sum = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += i % 2 == 0 ? bytes[i] << 8 : bytes[i];
            sum = (sum & 0xFFFF) + (sum >> 16);
        }
        return (ushort)~sum;
    }

    public static byte[] Big16(int value) => [(byte)(value >> 8), (byte)value];

    public static byte[] Big32(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    public static byte[] Little32(uint value) => BitConverter.GetBytes(value);

    public static byte[] Little64(ulong value) => BitConverter.GetBytes(value);

    /// <summary>The bytes of an IPv4 (4) or IPv6 (16) address.</summary>
    public static byte[] Address(string text) => IPAddress.Parse(text).GetAddressBytes();

    /// <summary>An address in 16 bytes, an IPv4 one in the first four.</summary>
    public static byte[] Wide(string text) => [.. Address(text), .. new byte[16 - Address(text).Length]];

    public static byte[] Mac(string text) => Convert.FromHexString(text.Replace(":", "", StringComparison.Ordinal));

    private static byte[] WithChecksum(byte[] addresses, byte protocol, byte[] payload)
    {
        int at = (protocol, addresses.Length) switch { (Tcp, _) => 16, (Udp, _) => 6, (IcmpV6, _) => 2, _ => -1 };
        if (at < 0 || payload.Length < at + 2)
            return payload;
        byte[] segment = [.. payload];
        ushort checksum = Checksum([.. addresses, 0, protocol, .. Big16(segment.Length), .. segment]);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(at), checksum == 0 && protocol == Udp ? (ushort)0xFFFF : checksum);
        return segment;
    }
}
