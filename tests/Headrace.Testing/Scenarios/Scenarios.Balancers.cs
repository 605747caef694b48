using static Headrace.Testing.Packets;
using static Headrace.Testing.Scenario;

namespace Headrace.Testing;

public static partial class Scenarios
{
    private const string Vip = "198.51.100.1", Vip6 = "2001:db8:2::1", Lb4 = "172.16.0.1", Lb6 = "2001:db8:ff::1";

    private static byte[] VipKey(string address, int port, byte protocol) => [.. Wide(address), .. Big16(port), protocol, 0];

    private static byte[] Real(string address, uint encapsulation) => [.. Wide(address), .. Little32(address.Contains(':', StringComparison.Ordinal) ? 6u : 4u), .. Little32(encapsulation)];

    private static (string, byte[], byte[]) Gateway => ("gateway", Little32(0), [.. Mac(NextMac), .. Mac(OwnMac), .. Address(Lb4), .. Address(Lb6)]);

    /// <summary>A ring of the default size that names one real server everywhere.</summary>
    private static IEnumerable<(string, byte[], byte[])> Ring(uint vip, uint real) =>
        Enumerable.Range(0, 1021).Select(position => ("rings", Little32(vip * 1021 + (uint)position), Little32(real)));

    private static byte[] Tunneled(string real, bool gue, uint hash, byte[] inner)
    {
        byte protocol = inner[0] >> 4 == 4 ? (byte)4 : (byte)41;
        bool v6 = real.Contains(':', StringComparison.Ordinal);
        byte[] payload = gue ? [.. Big16((int)(0xC000 | hash & 0x3FFF)), .. Big16(6080), .. Big16(8 + inner.Length), 0, 0, .. inner] : inner;
        byte[] source = Address(v6 ? Lb6 : Lb4);
        if (!gue)
            (source[^2], source[^1]) = ((byte)(source[^2] ^ hash >> 8), (byte)(source[^1] ^ hash));
        string from = new System.Net.IPAddress(source).ToString();
        // The protocol is set afterwards: the outer UDP has no checksum, which the builder would fill in.
        byte[] outer = v6 ? IPv6(from, real, 0, payload, next: gue ? Udp : protocol) : IPv4(from, real, gue ? Udp : protocol, payload);
        if (gue && !v6)
            outer[26] = outer[27] = 0;
        return Frame(outer, NextMac, OwnMac);
    }

    private static IEnumerable<Scenario> Balancers()
    {
        byte[] web = IPv4(Client, Vip, Tcp, TcpSegment(1000, 80, Syn)), more = IPv4(Client, Vip, Tcp, TcpSegment(1000, 80, payload: Hello)), quic = IPv4(Client, Vip, Udp, UdpDatagram(2000, 443, Hello));
        byte[] web6 = IPv6(Client6, Vip6, Tcp, TcpSegment(1000, 80, Syn));
        uint webHash = FlowHash.Of(Client, Vip, 1000, 80, Tcp), quicHash = FlowHash.Of(Client, Vip, 2000, 443, Udp), web6Hash = FlowHash.Of(Client6, Vip6, 1000, 80, Tcp);
        byte[] ping = IPv4(Client, Vip, Icmp, IcmpMessage(8, 5, 6, Hello)), pong = IPv4(Vip, Client, Icmp, IcmpMessage(0, 5, 6, Hello));
        byte[] tooBig = IPv4("192.0.2.254", Vip, Icmp, IcmpMessage(3, 0, 1400, IPv4(Vip, Client, Tcp, TcpSegment(80, 1000, Ack))));
        byte[] fragment = IPv4(Client, Vip, Tcp, TcpSegment(1000, 80), fragment: 0x2000);
        yield return new("lb", "sends a connection to one real server, wrapped")
        {
            Entries =
            [
                Gateway, ("vips", VipKey(Vip, 80, Tcp), [.. Little32(0), .. Little32(0)]), ("vips", VipKey(Vip, 0, Udp), [.. Little32(1), .. Little32(2)]), ("vips", VipKey(Vip6, 80, Tcp), [.. Little32(2), .. Little32(0)]),
                ("reals", Little32(5), Real("192.0.2.50", 0)), ("reals", Little32(6), Real("192.0.2.60", 1)), ("reals", Little32(7), Real("2001:db8:3::7", 0)), .. Ring(0, 5), .. Ring(1, 6), .. Ring(2, 7),
            ],
            Steps =
            [
                new(Frame(web), Tx, Tunneled("192.0.2.50", false, webHash, web)), new(Frame(more), Tx, Tunneled("192.0.2.50", false, webHash, more)), new(Frame(quic), Tx, Tunneled("192.0.2.60", true, quicHash, quic)),
                new(Frame(web6), Tx, Tunneled("2001:db8:3::7", false, web6Hash, web6)), new(Frame(tooBig), Tx, Tunneled("192.0.2.50", false, webHash, tooBig)),
                new(Frame(ping), Tx, Frame(pong, HostMac, RouterMac)), new(Frame(fragment), Drop), new(Frame(IPv4(Client, Vip, Tcp, TcpSegment(1000, 81))), Pass), new(Udp4(), Pass), new(Arp, Pass),
                new(Frame(IPv4(Client, "198.51.100.2", Icmp, IcmpMessage(8))), Pass),
            ],
            After =
            [
                new("connections", Flow(Client, Vip, 1000, 80, Tcp), [.. Little32(5), .. Little32(0)]), new("connections", Flow(Client, Vip, 2000, 443, Udp), null),
                new("statistics", Little32(0), Counter(3, (ulong)(web.Length + more.Length + tooBig.Length))), new("statistics", Little32(1), Counter(1, (ulong)quic.Length)), new("real_statistics", Little32(7), Counter(1, (ulong)web6.Length)),
                new("events", Little32(0), Little64(2)), new("events", Little32(1), Little64(3)), new("events", Little32(2), Little64(2)), new("events", Little32(4), Little64(1)), new("events", Little32(5), Little64(1)), new("events", Little32(6), Little64(1)),
            ],
        };
        yield return new("lb", "keeps a connection although the ring has changed, and moves it when its server is gone")
        {
            Entries =
            [
                Gateway, ("vips", VipKey(Vip, 80, Tcp), new byte[8]), ("reals", Little32(5), Real("192.0.2.50", 0)), ("reals", Little32(6), Real("2001:db8:3::6", 1)), .. Ring(0, 5),
                ("connections", Flow(Client, Vip, 1000, 80, Tcp), [.. Little32(6), .. Little32(0)]), ("connections", Flow(Client, Vip, 1001, 80, Tcp), [.. Little32(99), .. Little32(0)]),
            ],
            Steps =
            [
                new(Frame(more), Tx, Tunneled("2001:db8:3::6", true, webHash, more)),
                new(Frame(IPv4(Client, Vip, Tcp, TcpSegment(1001, 80))), Tx, Tunneled("192.0.2.50", false, FlowHash.Of(Client, Vip, 1001, 80, Tcp), IPv4(Client, Vip, Tcp, TcpSegment(1001, 80)))),
            ],
            After = [new("events", Little32(0), Little64(1)), new("events", Little32(3), Little64(1)), new("connections", Flow(Client, Vip, 1001, 80, Tcp), [.. Little32(5), .. Little32(0)])],
        };
        yield return new("lb", "drops what no server takes")
        {
            Entries = [Gateway, ("vips", VipKey(Vip, 80, Tcp), new byte[8])],
            Steps = [new(Frame(web), Drop)],
            After = [new("events", Little32(7), Little64(1))],
        };
        yield return new("spread", "gives each flow a CPU")
        {
            Settings = [("cpu_count", Little32(4))],
            Steps = [new(Udp4(), Pass), new(Udp6, Pass), new(Arp, Pass)],
            After = [new("statistics", Little32(FlowHash.Of(Client, Server, 1000, 53, Udp) % 4), SpreadOn(FlowHash.Of(Client, Server, 1000, 53, Udp) % 4))],
        };
        yield return new("xsk", "passes what has no socket and counts what it keeps")
        {
            Entries = [("keep", Big16(53), Little64(0))],
            Steps = [new(Udp4(), Pass), new(Tcp4(), Pass), new(Arp, Pass)],
            After = [new("keep", Big16(53), Little64(1))],
        };
    }

    private static byte[] SpreadOn(uint cpu)
    {
        (uint Cpu, byte[] Packet)[] sent = [(FlowHash.Of(Client, Server, 1000, 53, Udp) % 4, Udp4()), (FlowHash.Of(Client6, Server6, 1000, 53, Udp) % 4, Udp6), (0u, Arp)];
        return Counter((ulong)sent.Count(one => one.Cpu == cpu), (ulong)sent.Where(one => one.Cpu == cpu).Sum(one => one.Packet.Length));
    }
}
