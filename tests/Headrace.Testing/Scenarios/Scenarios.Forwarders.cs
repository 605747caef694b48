using static Headrace.Testing.Packets;
using static Headrace.Testing.Scenario;

namespace Headrace.Testing;

public static partial class Scenarios
{
    private const string NextMac = "02:aa:00:00:00:01", OwnMac = "02:bb:00:00:00:01";

    private static byte[] Endpoint(string address, int port, byte protocol) => [.. Address(address), .. Big16(port), protocol, 0];

    private static IEnumerable<Scenario> Forwarders()
    {
        byte[] Neighbour(uint port, uint mtu = 0) => [.. Mac(NextMac), .. Mac(OwnMac), .. Little32(port), .. Little32(mtu)];
        byte[] V4(string to, byte ttl) => IPv4(Client, to, Udp, UdpDatagram(1, 2, Hello), ttl);
        byte[] V6(string to, byte hops) => IPv6(Client6, to, Udp, UdpDatagram(1, 2, Hello), hops);
        ScenarioStep Forwarded(byte[] before, byte[] after) => new(Frame(before), Redirect, Frame(after, NextMac, OwnMac));
        ScenarioStep Passed(byte[] packet) => new(Frame(packet), Pass);
        byte[] wrongSum = V4("192.0.2.9", 64);
        wrongSum[10]++;
        yield return new("router", "forwards by longest prefix and leaves the rest to the stack")
        {
            Entries =
            [
                ("routes4", Prefix(8, "192.0.0.0"), Little32(1)), ("routes4", Prefix(24, "192.0.3.0"), Little32(2)), ("routes4", Prefix(24, "192.0.4.0"), Little32(9)), ("routes4", Prefix(24, "192.0.5.0"), Little32(3)),
                ("routes6", Prefix(32, "2001:db8::"), Little32(1)), ("neighbours", Little32(1), Neighbour(4)), ("neighbours", Little32(2), Neighbour(4, 39)), ("neighbours", Little32(3), Neighbour(5)), ("ports", Little32(4), Little32(1)),
            ],
            Steps =
            [
                Forwarded(V4("192.0.2.9", 64), V4("192.0.2.9", 63)), Forwarded(V4("192.9.2.9", 2), V4("192.9.2.9", 1)), Forwarded(V4("192.0.2.255", 255), V4("192.0.2.255", 254)), Forwarded(V6(Server6, 64), V6(Server6, 63)),
                Passed(V4("192.0.2.9", 1)), Passed(V6(Server6, 1)), Passed(V4("8.8.8.8", 64)), Passed(V6("2001:db9::1", 64)), Passed(V4("224.0.0.1", 64)), Passed(V4("127.0.0.1", 64)), Passed(V6("ff02::1", 64)), Passed(V6("fe80::1", 64)), Passed(V6("::1", 64)),
                Passed(V4("192.0.3.1", 64)), Passed(V4("192.0.4.1", 64)), Passed(V4("192.0.5.1", 64)), Passed(IPv4(Client, "192.0.2.9", Udp, UdpDatagram(1, 2), options: [0x94, 4, 0, 0])),
                new(Frame(V4("192.0.2.9", 64), tags: [7]), Pass), new(Arp, Pass), new(Frame(wrongSum), Drop), new(Frame(V4("192.0.2.9", 64))[..30], Drop),
            ],
            After =
            [
                new("statistics", Little32(0), Counter(4, 3 * 54 + 74)), new("statistics", Little32(4), Counter(2, 54 + 74)), new("statistics", Little32(5), Counter(2, 54 + 74)), new("statistics", Little32(6), Counter(1, 54)),
                new("statistics", Little32(7), Counter(1, 54)), new("statistics", Little32(8), Counter(1, 54)),
            ],
        };

        byte[] Tunnel(uint kind, uint network = 0) => [.. Address("203.0.113.10"), .. Address("203.0.113.20"), .. Little32(kind), .. Little32(network), .. Mac(NextMac), .. Mac(OwnMac)];
        byte[] Outer(byte protocol, byte[] payload) => Frame(IPv4("203.0.113.10", "203.0.113.20", protocol, payload, fragment: 0), NextMac, OwnMac);
        byte[] inner = V4("192.0.2.9", 64), aged = V4("192.0.2.9", 63);
        uint hash = FlowHash.Of(Client, "192.0.6.1", 1, 2, Udp);
        byte[] vxlanPayload = [8, 0, 0, 0, 0, 0, 42, 0, .. Frame(V4("192.0.6.1", 63))];
        byte[] vxlan = Outer(Udp, UdpDatagram((int)(0xC000 | hash & 0x3FFF), 4789, vxlanPayload));
        vxlan[40] = vxlan[41] = 0;
        yield return new("tunnel", "wraps what is for the other side")
        {
            Program = "encapsulate",
            Entries = [("tunnels", Prefix(24, "192.0.2.0"), Tunnel(0)), ("tunnels", Prefix(24, "192.0.3.0"), Tunnel(1)), ("tunnels", Prefix(24, "192.0.6.0"), Tunnel(2, 42))],
            Steps =
            [
                new(Frame(inner), Tx, Outer(4, aged)), new(Frame(V4("192.0.3.9", 64)), Tx, Outer(47, [0, 0, 8, 0, .. V4("192.0.3.9", 63)])), new(Frame(V4("192.0.6.1", 64)), Tx, vxlan),
                Passed(V4("8.8.8.8", 64)), Passed(V4("192.0.2.9", 1)), new(Udp6, Pass), new(Arp, Pass),
            ],
            After = [new("statistics", Little32(0), Counter(1, 40)), new("statistics", Little32(6), Counter(2, 108))],
        };
        byte[] ipv6Inner = V6(Server6, 64), frameInner = Frame(ipv6Inner, "02:cc:00:00:00:01", "02:cc:00:00:00:02");
        byte[] Unwrapped(byte[] packet) => Frame(packet, NextMac, OwnMac);
        yield return new("tunnel", "unwraps what arrives")
        {
            Program = "decapsulate",
            Steps =
            [
                new(Outer(4, inner), Pass, Unwrapped(inner)), new(Outer(41, ipv6Inner), Pass, Unwrapped(ipv6Inner)), new(Outer(47, [0, 0, 8, 0, .. inner]), Pass, Unwrapped(inner)),
                new(Outer(47, [0xB0, 0, 0x86, 0xDD, .. new byte[12], .. ipv6Inner]), Pass, Unwrapped(ipv6Inner)), new(Outer(47, [0x20, 0, 0x65, 0x58, 0, 0, 0, 9, .. frameInner]), Pass, frameInner),
                new(Outer(Udp, UdpDatagram(50000, 4789, [8, 0, 0, 0, 0, 0, 1, 0, .. frameInner])), Pass, frameInner),
                new(Outer(Udp, UdpDatagram(50000, 4790, [8, 0, 0, 0, 0, 0, 1, 0, .. frameInner])), Pass), new(Outer(47, [0x40, 0, 8, 0, .. inner]), Pass), new(Outer(47, [0, 0, 0x88, 0xBE, .. inner]), Pass), new(Udp4(), Pass), new(Arp, Pass),
            ],
        };
        yield return new("tunnel", "unwraps for its own addresses only when told so")
        {
            Program = "decapsulate",
            Settings = [("any_endpoint", [0])],
            Entries = [("endpoints", Address("203.0.113.20"), Little32(1))],
            Steps = [new(Outer(4, inner), Pass, Unwrapped(inner)), new(Frame(IPv4("1.1.1.1", "203.0.113.21", 4, inner)), Pass)],
        };

        const string outside = "203.0.113.1", web = "192.0.2.80";
        byte[] Out(byte protocol, byte[] payload) => Frame(IPv4(Client, web, protocol, payload));
        byte[] Translated(byte protocol, byte[] payload) => Frame(IPv4(outside, web, protocol, payload));
        byte[] In(byte protocol, byte[] payload) => Frame(IPv4(web, outside, protocol, payload));
        byte[] Back(byte protocol, byte[] payload, string to = Client) => Frame(IPv4(web, to, protocol, payload));
        int Port(int port, byte protocol, uint first = 1024, uint count = 64511) =>
            (int)(first + (uint)FlowHash.Mix((ulong)BitConverter.ToUInt32(Address(Client)) << 32 | (uint)(ushort)(port << 8 | port >> 8) << 8 | protocol) % count);
        int tcp = Port(5000, Tcp), udp = Port(5000, Udp), echo = Port(77, Icmp);
        yield return new("nat44", "translates out and back")
        {
            Entries = [("forwards", Endpoint(outside, 443, Tcp), Endpoint("10.0.0.80", 8443, Tcp))],
            Steps =
            [
                new(Out(Tcp, TcpSegment(5000, 80, payload: Hello)), Pass, Translated(Tcp, TcpSegment(tcp, 80, payload: Hello))), new(Out(Tcp, TcpSegment(5000, 81)), Pass, Translated(Tcp, TcpSegment(tcp, 81))),
                new(In(Tcp, TcpSegment(80, tcp)), Pass, Back(Tcp, TcpSegment(80, 5000))),
                new(Out(Udp, UdpDatagram(5000, 53, Hello)), Pass, Translated(Udp, UdpDatagram(udp, 53, Hello))), new(In(Udp, UdpDatagram(53, udp, Hello)), Pass, Back(Udp, UdpDatagram(53, 5000, Hello))),
                new(Frame(UncheckedPacket(Client, web, 5000, 53, Hello)), Pass, Frame(UncheckedPacket(outside, web, udp, 53, Hello))),
                new(Out(Icmp, IcmpMessage(8, 77, 3, Hello)), Pass, Translated(Icmp, IcmpMessage(8, echo, 3, Hello))), new(In(Icmp, IcmpMessage(0, echo, 3, Hello)), Pass, Back(Icmp, IcmpMessage(0, 77, 3, Hello))),
                new(In(Tcp, TcpSegment(9999, 443)), Pass, Back(Tcp, TcpSegment(9999, 8443), "10.0.0.80")),
                new(In(Tcp, TcpSegment(9999, tcp ^ 1)), Drop), new(In(Icmp, IcmpMessage(8, echo)), Pass), new(Frame(IPv4(Client, web, Udp, Hello, fragment: 9)), Drop), new(Out(89, Hello), Drop),
                new(Frame(IPv4(Client, "10.0.0.8", Tcp, TcpSegment(1, 2))), Pass), new(Udp6, Pass), new(Arp, Pass),
            ],
            After =
            [
                new("outbound", Endpoint(Client, 5000, Tcp), Endpoint(outside, tcp, Tcp)), new("inbound", Endpoint(outside, udp, Udp), Endpoint(Client, 5000, Udp)),
                new("statistics", Little32(1), Counter(5, 66 + 54 + 54 + 54 + 54)), new("statistics", Little32(2), Counter(3, 66 + 54 + 54)),
            ],
        };
        int firstPort = Port(6000, Tcp, 0, 2);
        yield return new("nat44", "gives each flow a port and drops when none is left")
        {
            Settings = [("port_count", [2, 0])],
            Steps =
            [
                new(Out(Tcp, TcpSegment(6000, 80)), Pass, Translated(Tcp, TcpSegment(1024 + firstPort, 80))), new(Out(Tcp, TcpSegment(6001, 80)), Pass, Translated(Tcp, TcpSegment(1025 - firstPort, 80))),
                new(Out(Tcp, TcpSegment(6002, 80)), Drop),
            ],
            After = [new("statistics", Little32(6), Counter(1, 54))],
        };
    }
}
