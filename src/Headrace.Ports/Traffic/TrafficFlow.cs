namespace Headrace.Ports;

/// <summary>What all packets of one flow have in common.</summary>
/// <param name="Source">IPv4 address, or the last 32 bits of the IPv6 address within <see cref="FrameBuilder.ClientPrefix"/>.</param>
/// <param name="Destination">IPv4 address, or the last 32 bits of the IPv6 address within <see cref="FrameBuilder.ServerPrefix"/>.</param>
/// <param name="SourcePort">Port, or the identifier of an ICMP echo.</param>
/// <param name="DestinationPort">Port; unused for ICMP.</param>
/// <param name="Protocol">The transport.</param>
/// <param name="IPv6">True for IPv6.</param>
/// <param name="Tags">VLAN tags: 0, 1, or 2 (outer 802.1ad, inner 802.1Q).</param>
/// <param name="Vlan">Identifier of the (inner) VLAN.</param>
/// <param name="Options">True with IPv4 options or IPv6 extension headers.</param>
internal readonly record struct TrafficFlow(
    uint Source, uint Destination, ushort SourcePort, ushort DestinationPort, TrafficProtocol Protocol, bool IPv6, int Tags, ushort Vlan, bool Options)
{
    /// <summary>The address every attack aims at: 198.51.100.1.</summary>
    public const uint Victim = 0xC6336401;

    private const uint Clients = 0x0A000000; // 10.0.0.0/8
    private const uint Servers = 0xC6336400; // 198.51.100.0/24
    private const uint ServerCount = 16;

    private static readonly ushort[] TcpServices = [80, 443, 22, 25, 8080];
    private static readonly ushort[] UdpServices = [443, 53, 123, 5060];

    /// <summary>The flow of a number: client 10.x.y.z (the number plus one) talks to one of 198.51.100.1-16.</summary>
    public static TrafficFlow Of(int number, TrafficSpec spec)
    {
        ulong random = TrafficRandom.Mix((ulong)number + 1);
        bool ipv6 = Draw(ref random, 100) < spec.IPv6;
        int protocol = Draw(ref random, 100);
        int tag = Draw(ref random, 100);
        bool options = Draw(ref random, 100) < spec.Options;
        uint server = Servers + 1 + (uint)Draw(ref random, (int)ServerCount);
        var (transport, services) = protocol < spec.Udp ? (TrafficProtocol.Udp, UdpServices)
            : protocol < spec.Udp + spec.Tcp ? (TrafficProtocol.Tcp, TcpServices)
            : (ipv6 ? TrafficProtocol.IcmpV6 : TrafficProtocol.Icmp, UdpServices);
        ushort service = services[Draw(ref random, services.Length)];
        ushort port = (ushort)(1024 + Draw(ref random, 65536 - 1024));
        int tags = tag < spec.QinQ ? 2 : tag < spec.QinQ + spec.Vlan ? 1 : 0;
        return new TrafficFlow(Clients + (uint)number + 1, server, port, service, transport, ipv6, tags, (ushort)(100 + number % 16), options);
    }

    private static int Draw(ref ulong random, int bound)
    {
        int drawn = (int)((random >> 32) * (ulong)bound >> 32);
        random = TrafficRandom.Mix(random);
        return drawn;
    }
}
