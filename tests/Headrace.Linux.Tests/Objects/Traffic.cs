using Headrace.Ports;

namespace Headrace.Linux.Tests.Objects;

/// <summary>Packets of a capture or of the generator, read once.</summary>
internal static class Traffic
{
    /// <summary>Flows that the map contents beside the programs fit, attacks included.</summary>
    public const string Generated = "gen:packets=4000,ipv6=10,attack=synflood:10/udpflood:5/dnsamp:5";

    /// <summary>The packets of a source, in order.</summary>
    public static List<byte[]> Read(string source)
    {
        var packets = new List<byte[]>();
        using PacketSource packetSource = PacketSource.Open(source);
        while (packetSource.TryRead(out Packet packet))
            packets.Add(packet.Data.ToArray());
        return packets;
    }
}
