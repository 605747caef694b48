using System.Buffers.Binary;

namespace Headrace.Engine;

/// <summary>A hash of a packet's flow: addresses, ports and protocol. The same flow has the same hash in every run; it is never 0.</summary>
/// <remarks>The kernel keys its own with a random number, so no program can depend on the value.</remarks>
internal static class FlowHash
{
    private const byte Tcp = 6, Udp = 17, Sctp = 132;
    private static readonly SipHash s_hash = new(0x6865_6164_7261_6365, 0x666c_6f77_6861_7368);

    public static uint Compute(ReadOnlySpan<byte> packet)
    {
        Span<byte> key = stackalloc byte[40];
        int length = 0, offset = 14;
        if (packet.Length < offset)
            return NotZero(s_hash.Compute(packet));
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(packet[12..]);
        while (EtherTypes.IsVlan(type) && packet.Length >= offset + 4)
        {
            type = BinaryPrimitives.ReadUInt16BigEndian(packet[(offset + 2)..]);
            offset += 4;
        }
        ReadOnlySpan<byte> network = packet[offset..];
        if (type == EtherTypes.Ipv4 && network.Length >= 20)
        {
            length = Add(key, 0, network.Slice(12, 8));
            key[length++] = network[9];
            bool isFragment = (BinaryPrimitives.ReadUInt16BigEndian(network[6..]) & 0x3fff) != 0;
            length = isFragment ? length : AddPorts(key, length, network[9], network, (network[0] & 15) * 4);
        }
        else if (type == EtherTypes.Ipv6 && network.Length >= 40)
        {
            length = Add(key, 0, network.Slice(8, 32));
            key[length++] = network[6];
            length = AddPorts(key, length, network[6], network, 40);
        }
        else
        {
            length = Add(key, 0, packet[..14]);
        }
        return NotZero(s_hash.Compute(key[..length]));
    }

    private static int AddPorts(Span<byte> key, int length, byte protocol, ReadOnlySpan<byte> network, int header) =>
        protocol is Tcp or Udp or Sctp && network.Length >= header + 4 ? Add(key, length, network.Slice(header, 4)) : length;

    private static int Add(Span<byte> key, int length, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(key[length..]);
        return length + bytes.Length;
    }

    private static uint NotZero(ulong hash) => (uint)hash == 0 ? 1 : (uint)hash;
}
