using static Headrace.Testing.Packets;
using static Headrace.Testing.Scenario;

namespace Headrace.Testing;

public static partial class Scenarios
{
    private static byte[] Bad(byte[] packet, int at, byte value)
    {
        byte[] bad = [.. packet];
        bad[at] = value;
        return bad;
    }

    private static byte[] Rule(uint number, uint action = Drop) => [.. Little32(number), .. Little32(action)];

    private static byte[] Prefix(uint length, string address) => [.. Little32(length), .. Address(address)];

    private static IEnumerable<Scenario> Filters()
    {
        byte[] extensions = [43, 0, 5, 2, 0, 0, 1, 0, 60, 0, 0, 0, 0, 0, 0, 0, 17, 1, .. new byte[14]];
        byte[] fragment6 = [17, 0, .. Big16(8), .. Big32(77)];
        byte[] options = Frame(IPv4(Client, Server, Tcp, TcpSegment(1, 2), options: [0x94, 4, 0, 0, 1, 1, 1, 0]));
        byte[] extended = Frame(IPv6(Client6, Server6, Udp, UdpDatagram(1000, 53), extensions: extensions, next: 0));
        byte[] laterFragment = Frame(IPv4(Client, Server, Udp, Hello, fragment: 100));
        byte[] laterFragment6 = Frame(IPv6(Client6, Server6, Udp, Hello, extensions: fragment6, next: 44));
        byte[] qinq = Frame(IPv4(Client, Server, Icmp, IcmpMessage(8)), tags: [10, 20]);
        byte[] vlan = Frame(IPv6(Client6, Server6, IcmpV6, IcmpMessage(128, v6: true)), tags: [10]);
        yield return new("parse", "walks every header and counts it")
        {
            Steps = [new(options, Pass), new(extended, Pass), new(laterFragment, Pass), new(laterFragment6, Pass), new(qinq, Pass), new(vlan, Pass), new(Arp, Pass), new(Ethernet(0x88CC, new byte[20]), Pass)],
            After =
            [
                Counted(0, options, extended, laterFragment, laterFragment6, qinq, vlan, Arp, new byte[34]), Counted(1), Counted(2, new byte[34]), Counted(3, Arp),
                Counted(4, vlan), Counted(5, qinq), Counted(6, options, laterFragment, qinq), Counted(7, options), Counted(8, extended, laterFragment6, vlan),
                Counted(9, extended, laterFragment6), Counted(10, laterFragment, laterFragment6), Counted(11, options), Counted(12, extended), Counted(13, qinq), Counted(14, vlan), Counted(15),
            ],
        };
        byte[] good = Udp4();
        yield return new("parse", "drops what is cut short or contradicts itself")
        {
            Steps =
            [
                new(good[..33], Drop), new(good[..41], Drop), new(Bad(good, 14, 0x44), Drop), new(Bad(good, 14, 0x65), Drop), new(Bad(good, 17, 10), Drop), new(Bad(good, 39, 7), Drop),
                new(Bad(Tcp4(), 46, 0x40), Drop), new(Bad(Tcp4(), 46, 0xF0), Drop), new(extended[..60], Drop), new(qinq[..17], Drop), new(Bad(Udp6, 14, 0x40), Drop), new(good, Pass),
            ],
            After = [Counted(12, good)],
        };

        byte[] flow4 = Tcp4(4385, 25), other4 = Tcp4(4386, 25), hole = Tcp4(1, 2, from: "10.9.1.1"), blocked = Tcp4(1, 2, from: "10.9.2.2");
        byte[] flow6 = Frame(IPv6(Client6, Server6, Tcp, TcpSegment(9, 10)));
        yield return new("firewall", "drops what its rules name and counts a packet for its rule")
        {
            Entries =
            [
                ("flows", Flow(Client, Server, 4385, 25, Tcp), Rule(10)), ("flows", Flow(Client6, Server6, 9, 10, Tcp), Rule(11)),
                ("networks4", Prefix(16, "10.9.0.0"), Rule(20)), ("networks4", Prefix(24, "10.9.1.0"), Rule(21, Pass)), ("networks6", Prefix(33, "2001:db8:8000::"), Rule(30)),
            ],
            Steps =
            [
                new(flow4, Drop), new(flow4, Drop), new(other4, Pass), new(hole, Pass), new(blocked, Drop), new(flow6, Drop), new(Udp6, Pass), new(Arp, Pass),
                new(Frame(IPv6("2001:db8:8001::1", Server6, Udp, UdpDatagram(1, 2))), Drop), new(good[..36], Drop), new(Bad(good, 14, 0x42), Drop),
            ],
            After =
            [
                new("counters", Little32(0), Counter(3, (ulong)(other4.Length + Udp6.Length + Arp.Length))), new("counters", Little32(1), Counter(2, (ulong)(36 + good.Length))),
                new("counters", Little32(10), Counter(2, 2 * (ulong)flow4.Length)), new("counters", Little32(11), Counter(1, (ulong)flow6.Length)),
                new("counters", Little32(20), Counter(1, (ulong)blocked.Length)), new("counters", Little32(21), Counter(1, (ulong)hole.Length)), new("counters", Little32(30), Counter(1, 62)),
            ],
        };

        yield return new("ratelimit", "lets a burst through and stops the rest of a source")
        {
            Settings = [("packets_a_second", Little64(1)), ("burst", Little64(3))],
            Steps = [new(good, Pass), new(good, Pass), new(good, Pass), new(good, Drop), new(Udp6, Pass), new(Tcp4(from: "10.0.0.8"), Pass), new(good, Drop), new(Arp, Pass), new(good[..30], Drop)],
            After = [new("statistics", Little32(0), Counter(5, (ulong)(3 * good.Length + Udp6.Length + Tcp4().Length))), new("statistics", Little32(1), Counter(2, 2 * (ulong)good.Length)), new("statistics", Little32(2), Counter(1, 30))],
        };

        byte[] flood = Udp4(payload: [0xDE, 0xAD, 0xBE, 0xEF, .. new byte[60]]), reflected = Udp4(53, 4000), scan = Tcp4(flags: 0x01);
        ulong victims = (ulong)(flood.Length + good.Length + reflected.Length + scan.Length + 2 * Tcp4().Length);
        yield return new("ddos", "drops by signature and records each destination")
        {
            Settings = [("sample_every", Little32(2))],
            Entries =
            [
                ("signatures", [0xDE, 0xAD, 0xBE, 0xEF, 0, 0, 17, 0], Counter(0, 0)), ("signatures", [0, 0, 0, 0, .. Big16(53), 17, 0], Counter(0, 0)),
                ("signatures", [0, 0, 0, 0, .. Big16(1000), 6, 1], Counter(5, 5)),
            ],
            Steps = [new(flood, Drop), new(good, Pass), new(reflected, Drop), new(scan, Drop), new(Tcp4(), Pass), new(Arp, Pass), new(Tcp4(flags: Syn), Pass), new(good[..20], Drop)],
            After =
            [
                new("signatures", [0xDE, 0xAD, 0xBE, 0xEF, 0, 0, 17, 0], Counter(1, (ulong)flood.Length)), new("signatures", [0, 0, 0, 0, .. Big16(1000), 6, 1], Counter(6, 5 + (ulong)scan.Length)),
                new("victims", Wide(Server), [.. Counter(6, victims), .. Counter(3, (ulong)(flood.Length + reflected.Length + scan.Length))]),
                new("sampling", Little32(0), [.. Little64(6), .. Little64(3), .. Little64(0)]),
            ],
        };

        byte[] syn = Tcp4(flags: Syn), syn2 = Tcp4(flags: Syn, from: "10.0.0.9");
        yield return new("greylist", "drops the first SYN of a source")
        {
            Steps = [new(syn, Drop), new(syn, Pass), new(syn2, Drop), new(syn, Pass), new(syn2, Pass), new(Tcp4(from: "10.0.0.10"), Pass), new(Udp6, Pass)],
            After = [new("statistics", Little32(1), Counter(3, 3 * (ulong)syn.Length)), new("statistics", Little32(2), Counter(2, 2 * (ulong)syn.Length)), new("statistics", Little32(3), Counter(0, 0))],
        };

        byte[] wrongHeader = Bad(good, 22, 63), wrongPayload = Bad(good, 45, 0), wrongTcp = Bad(Tcp4(), 60, 0), wrong6 = Bad(Udp6, 70, 0);
        byte[] odd = Udp4(payload: [1, 2, 3]), large = Udp4(payload: new byte[1471]), tooShort = good[..50];
        byte[] ping = Frame(IPv4(Client, Server, Icmp, IcmpMessage(8, payload: Hello))), ping6 = vlan;
        yield return new("loop", "drops packets with a wrong checksum")
        {
            Steps =
            [
                new(good, Pass), new(Tcp4(), Pass), new(Udp6, Pass), new(odd, Pass), new(large, Pass), new(options, Pass), new(extended, Pass), new(ping, Pass), new(ping6, Pass),
                new(wrongHeader, Drop), new(wrongPayload, Drop), new(wrongTcp, Drop), new(wrong6, Drop), new(Bad(ping, 40, 9), Drop), new(Bad(large, 1500, 1), Drop), new(Bad(options, 36, 1), Drop),
                new(tooShort, Pass), new(Frame(UncheckedPacket(Client, Server, 1, 2, Hello)), Pass), new(laterFragment, Pass), new(Arp, Pass),
            ],
            After = [new("statistics", Little32(1), Counter(2, (ulong)(wrongHeader.Length + options.Length)))],
        };

        yield return new("tenants", "filters each VLAN by its own list and quota")
        {
            Entries = [("list0", Address(Client), Little64(0)), ("list100", Address("10.0.0.9"), Little64(7)), ("usage1", Little32(0), [.. Little64(0), .. Little64(0), .. Little64(100), .. Little64(0)])],
            Steps =
            [
                new(Tcp4(), Drop), new(Tcp4(from: "10.0.0.9"), Pass), new(Tagged(100, "10.0.0.9"), Drop), new(Tagged(100, Client), Pass), new(Tagged(55, Client), Pass),
                new(Tagged(1, "10.1.1.1"), Pass), new(Tagged(1, "10.1.1.1"), Drop), new(Arp, Pass),
            ],
            After = [new("list0", Address(Client), Little64(1)), new("list100", Address("10.0.0.9"), Little64(8)), new("usage1", Little32(0), [.. Little64(2), .. Little64(2 * 70), .. Little64(100), .. Little64(1)])],
        };
    }

    private static byte[] Tagged(int vlan, string source) => Frame(IPv4(source, Server, Tcp, TcpSegment(1, 2, payload: Hello)), tags: [vlan]);

    private static MapExpectation Counted(uint statistic, params byte[][] packets) =>
        new("statistics", Little32(statistic), Counter((ulong)packets.Length, (ulong)packets.Sum(packet => packet.Length)));
}
