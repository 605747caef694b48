using System.Buffers.Binary;

namespace Headrace.Ports;

/// <summary>Lays out one Ethernet frame of a flow with valid lengths and checksums.</summary>
internal static class FrameBuilder
{
    private const int EthernetHeader = 14;
    private const int TagLength = 4;
    private const int IPv4Header = 20;
    private const int IPv6Header = 40;
    private const int OptionsLength = 8;

    /// <summary>First eight bytes of the clients' IPv6 addresses: 2001:db8:1::/64.</summary>
    public static ReadOnlySpan<byte> ClientPrefix => [0x20, 0x01, 0x0D, 0xB8, 0, 1, 0, 0];

    /// <summary>First eight bytes of the servers' IPv6 addresses: 2001:db8:2::/64.</summary>
    public static ReadOnlySpan<byte> ServerPrefix => [0x20, 0x01, 0x0D, 0xB8, 0, 2, 0, 0];

    private static ReadOnlySpan<byte> Addresses => [0x02, 0, 0, 0, 0, 0x02, 0x02, 0, 0, 0, 0, 0x01]; // to 02:..:02 from 02:..:01

    // IPv4: router alert (RFC 2113) and padding. IPv6: a hop-by-hop header (the first byte is filled in) with router alert (RFC 2711).
    private static ReadOnlySpan<byte> IPv4Options => [0x94, 4, 0, 0, 1, 1, 1, 0];
    private static ReadOnlySpan<byte> HopByHop => [0, 0, 5, 2, 0, 0, 1, 0];

    /// <summary>Bytes in front of the payload.</summary>
    public static int HeaderLength(in TrafficFlow flow) =>
        EthernetHeader + flow.Tags * TagLength + (flow.IPv6 ? IPv6Header : IPv4Header) + (flow.Options ? OptionsLength : 0) + TransportLength(flow.Protocol);

    /// <summary>Writes the headers around a payload that is already in place behind them, and zeroes behind it up to the shortest frame.</summary>
    /// <param name="frame">The frame; the payload begins at <see cref="HeaderLength"/>.</param>
    /// <param name="flow">Whose packet it is.</param>
    /// <param name="payload">Bytes of payload.</param>
    /// <param name="sequence">Number of the packet in its flow: TCP sequence number, ICMP sequence, IPv4 identification.</param>
    /// <param name="tcpFlags">Flags of a TCP header.</param>
    /// <returns>Length of the frame.</returns>
    public static int Finish(Span<byte> frame, in TrafficFlow flow, int payload, uint sequence, byte tcpFlags)
    {
        int length = HeaderLength(flow) + payload;
        Addresses.CopyTo(frame);
        int at = 12;
        for (int tag = flow.Tags; tag > 0; tag--, at += TagLength)
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame[at..], tag == 2 ? (ushort)0x88A8 : (ushort)0x8100);
            BinaryPrimitives.WriteUInt16BigEndian(frame[(at + 2)..], tag == 2 ? (ushort)1000 : flow.Vlan);
        }
        BinaryPrimitives.WriteUInt16BigEndian(frame[at..], flow.IPv6 ? (ushort)0x86DD : (ushort)0x0800);
        at += 2;
        var packet = frame[at..length];
        if (flow.IPv6)
            WriteIPv6(packet, flow, sequence, tcpFlags);
        else
            WriteIPv4(packet, flow, sequence, tcpFlags);
        if (length >= TrafficSpec.MinFrame)
            return length;
        frame[length..TrafficSpec.MinFrame].Clear();
        return TrafficSpec.MinFrame;
    }

    private static void WriteIPv4(Span<byte> packet, in TrafficFlow flow, uint sequence, byte tcpFlags)
    {
        int header = IPv4Header + (flow.Options ? OptionsLength : 0);
        packet[0] = (byte)(0x40 | header / 4);
        packet[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)sequence);
        BinaryPrimitives.WriteUInt16BigEndian(packet[6..], 0x4000); // do not fragment
        packet[8] = 64;
        packet[9] = (byte)flow.Protocol;
        packet[10..12].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(packet[12..], flow.Source);
        BinaryPrimitives.WriteUInt32BigEndian(packet[16..], flow.Destination);
        if (flow.Options)
            IPv4Options.CopyTo(packet[IPv4Header..]);
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], InternetChecksum.Finish(InternetChecksum.Add(0, packet[..header])));
        WriteTransport(packet[header..], packet[12..20], flow, sequence, tcpFlags);
    }

    private static void WriteIPv6(Span<byte> packet, in TrafficFlow flow, uint sequence, byte tcpFlags)
    {
        int header = IPv6Header + (flow.Options ? OptionsLength : 0);
        BinaryPrimitives.WriteUInt32BigEndian(packet, 0x60000000);
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)(packet.Length - IPv6Header));
        packet[6] = flow.Options ? (byte)0 : (byte)flow.Protocol;
        packet[7] = 64;
        WriteAddress(packet[8..], ClientPrefix, flow.Source);
        WriteAddress(packet[24..], ServerPrefix, flow.Destination);
        if (flow.Options)
        {
            HopByHop.CopyTo(packet[IPv6Header..]);
            packet[IPv6Header] = (byte)flow.Protocol;
        }
        WriteTransport(packet[header..], packet[8..40], flow, sequence, tcpFlags);
    }

    private static void WriteAddress(Span<byte> into, ReadOnlySpan<byte> prefix, uint last)
    {
        prefix.CopyTo(into);
        into[8..12].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(into[12..], last);
    }

    private static void WriteTransport(Span<byte> segment, ReadOnlySpan<byte> addresses, in TrafficFlow flow, uint sequence, byte tcpFlags)
    {
        int checksumAt;
        switch (flow.Protocol)
        {
            case TrafficProtocol.Tcp:
                WritePorts(segment, flow);
                BinaryPrimitives.WriteUInt32BigEndian(segment[4..], sequence);
                BinaryPrimitives.WriteUInt32BigEndian(segment[8..], (tcpFlags & 0x10) != 0 ? 1u : 0u);
                segment[12] = 0x50;
                segment[13] = tcpFlags;
                BinaryPrimitives.WriteUInt16BigEndian(segment[14..], 0xFFFF);
                segment[16..20].Clear();
                checksumAt = 16;
                break;
            case TrafficProtocol.Udp:
                WritePorts(segment, flow);
                BinaryPrimitives.WriteUInt16BigEndian(segment[4..], (ushort)segment.Length);
                segment[6..8].Clear();
                checksumAt = 6;
                break;
            default:
                segment[0] = flow.Protocol == TrafficProtocol.Icmp ? (byte)8 : (byte)128; // echo request
                segment[1..4].Clear();
                BinaryPrimitives.WriteUInt16BigEndian(segment[4..], flow.SourcePort);
                BinaryPrimitives.WriteUInt16BigEndian(segment[6..], (ushort)sequence);
                checksumAt = 2;
                break;
        }
        // ICMP for IPv4 is the one without the pseudo header (RFC 792; RFC 4443, section 2.3).
        ulong sum = flow.Protocol == TrafficProtocol.Icmp ? 0
            : InternetChecksum.Add((ulong)segment.Length + (byte)flow.Protocol, addresses);
        ushort checksum = InternetChecksum.Finish(InternetChecksum.Add(sum, segment));
        // Zero means "no checksum" in UDP (RFC 768), so a sum of zero is sent as its other form.
        if (checksum == 0 && flow.Protocol == TrafficProtocol.Udp)
            checksum = 0xFFFF;
        BinaryPrimitives.WriteUInt16BigEndian(segment[checksumAt..], checksum);
    }

    private static void WritePorts(Span<byte> segment, in TrafficFlow flow)
    {
        BinaryPrimitives.WriteUInt16BigEndian(segment, flow.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(segment[2..], flow.DestinationPort);
    }

    private static int TransportLength(TrafficProtocol protocol) => protocol == TrafficProtocol.Tcp ? 20 : 8;
}
