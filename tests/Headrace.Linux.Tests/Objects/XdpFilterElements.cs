using System.Buffers.Binary;
using Headrace.Linux.Tests.Differential;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Objects;

/// <summary>Fills the maps of xdp-filter's programs as <c>xdp-filter</c> would: addresses and ports taken from the packets to come, so that rules match.</summary>
internal static class XdpFilterElements
{
    private const int EthernetTypeOffset = 12;
    private const ushort IPv4 = 0x0800, IPv6 = 0x86dd;

    // The lower bits of an element say what it matches (xdp-filter(8)); above them the programs count.
    private const ulong Source = 1, Destination = 2, Tcp = 4, Udp = 8;
    private static readonly ulong[] s_modes = [Source, Destination, Source | Destination];
    private static readonly ulong[] s_protocols = [Tcp, Udp, Tcp | Udp];

    /// <summary>Adds elements from one packet in <paramref name="oneIn"/> to the maps that the object has.</summary>
    public static void AddTo(CollectionSpec spec, IEnumerable<byte[]> packets, int oneIn)
    {
        var random = new SeededRandom(1);
        var seen = new HashSet<string>();
        foreach (byte[] packet in packets.Where(packet => packet.Length >= 54 && random.OneIn(oneIn)))
        {
            ulong mode = random.Pick<ulong>(s_modes);
            Add("filter_ethernet", packet[6..12], mode);
            switch (BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(EthernetTypeOffset)))
            {
                case IPv4:
                    Add("filter_ipv4", packet[26..30], mode);
                    Add("filter_ports", Port(packet, 34), mode | random.Pick<ulong>(s_protocols));
                    Add("filter_ports", Port(packet, 36), mode | random.Pick<ulong>(s_protocols));
                    break;
                case IPv6:
                    Add("filter_ipv6", packet[22..38], mode);
                    break;
            }
        }

        void Add(string map, byte[] key, ulong value)
        {
            if (!spec.Maps.Contains(map) || !seen.Add(map + Convert.ToHexString(key)))
                return;
            Assert.Equal(spec.Maps[map].KeySize, (uint)key.Length);
            spec.Maps[map].Entries.Add(new MapEntrySpec(key, BitConverter.GetBytes(value)));
        }
    }

    // The key of a port is the number as it stands in the packet.
    private static byte[] Port(byte[] packet, int offset) => [packet[offset], packet[offset + 1], 0, 0];
}
