using static Headrace.Testing.Packets;
using static Headrace.Testing.Scenario;

namespace Headrace.Testing;

public static partial class Scenarios
{
    private const uint Ok = 0, Shot = 2; // TC_ACT_OK, TC_ACT_SHOT, include/uapi/linux/pkt_cls.h

    private static IEnumerable<Scenario> Pipelines()
    {
        byte[] telnet = Tcp4(1000, 23), none = Tcp4(flags: 0), synFin = Tcp4(flags: 3), noPort = Udp4(0, 5);
        yield return new("tailcall", "hands a packet from stage to stage")
        {
            Program = "entry",
            Steps = [new(Udp4(), Pass), new(Tcp4(), Pass), new(Udp6, Pass), new(telnet, Drop), new(none, Drop), new(synFin, Drop), new(noPort, Drop), new(Arp, Pass), new(Udp4()[..38], Drop), new(Udp4()[..30], Drop)],
            After =
            [
                Counted(0, Udp4(), Tcp4(), Udp6, telnet, none, synFin, noPort, Arp, new byte[38], new byte[30]), Counted(2, Udp6), Counted(3, Tcp4(), telnet, none, synFin), Counted(4, Udp4(), Udp6, noPort, new byte[38]),
                Counted(5, telnet, none, synFin, noPort), Counted(6, new byte[38], new byte[30]),
            ],
        };
        yield return new("tailcall", "a stage on its own refuses") { Program = "udp", Steps = [new(Udp4(), Aborted)] };
        yield return new("tailcall", "stops after 33 tail calls") { Program = "chain", Steps = [new(Arp, Pass), new(Arp, Pass)], After = [new("depths", Little32(0), Little64(68))] };

        byte[] back = Frame(IPv4(Server, Client, Udp, UdpDatagram(53, 1000, Hello)));
        yield return new("split", "passes all with a share of 0") { Settings = [("permille", Little32(0))], Steps = [new(Udp4(), Pass), new(Udp6, Pass), new(Arp, Pass)] };
        yield return new("split", "sends all back with a share of 1000") { Settings = [("permille", Little32(1000))], Steps = [new(Udp4(), Tx, Swapped(Udp4())), new(Udp6, Tx, Swapped(Udp6)), new(Arp, Pass)] };
        for (int port = 1000; port < 1008; port++)
        {
            byte[] packet = Udp4(port);
            byte[] reply = Frame(IPv4(Server, Client, Udp, UdpDatagram(53, port, Hello)));
            bool chosen = (uint)FlowHash.Mix(FlowHash.Of(Client, Server, port, 53, Udp) ^ 7u) % 1000 < 500;
            yield return new("split", $"treats both directions of port {port} alike")
            {
                Settings = [("permille", Little32(500)), ("salt", Little32(7))],
                Steps = chosen ? [new(packet, Tx, Swapped(packet)), new(reply, Tx, Swapped(reply))] : [new(packet, Pass), new(reply, Pass)],
            };
        }

        byte[] marked4 = Frame(IPv4(Client, Server, Udp, UdpDatagram(1000, 53, Hello), tos: 0xB8)), marked6 = Frame(IPv6(Client6, Server6, Udp, UdpDatagram(1000, 53, Hello), trafficClass: 0xB8));
        yield return new("dscp", "writes the service class and keeps the checksum right")
        {
            Entries = [("classes", [.. Big16(53), 17, 0], [46, 0, 0, 0, .. Little32(9), .. Little32(5)]), ("classes", [.. Big16(25), 6, 0], [0, 1, 0, 0, .. new byte[8]])],
            Steps =
            [
                new(Udp4(), Ok, marked4), new(Udp6, Ok, marked6), new(back, Ok, Frame(IPv4(Server, Client, Udp, UdpDatagram(53, 1000, Hello), tos: 0xB8))), new(Tcp4(1000, 25), Shot), new(Tcp4(), Ok),
                new(Frame(IPv4(Client, Server, Udp, UdpDatagram(1000, 53, Hello), tos: 0xFF)), Ok, Frame(IPv4(Client, Server, Udp, UdpDatagram(1000, 53, Hello), tos: 0xBB))),
            ],
            After = [new("statistics", Little32(65), Counter(1, (ulong)Tcp4().Length)), new("statistics", Little32(64), Counter(1, (ulong)Tcp4().Length))],
        };

        yield return new("record", "keeps headers, and DNS as a whole")
        {
            Settings = [("header_bytes", Little32(80))],
            Steps =
            [
                new(Udp4(), 0xFFFF), new(back, 0xFFFF), new(Tcp4(), 80), new(Udp6, 0), new(Frame(IPv4(Client, Server, Icmp, IcmpMessage(8))), 0),
                new(Frame(IPv4(Client, Server, Udp, Hello, fragment: 9)), 80), new(Frame(IPv4(Client, Server, Udp, UdpDatagram(53, 9), options: [0x94, 4, 0, 0])), 0xFFFF), new(Frame(IPv4(Client, Server, Udp, [])), 0),
            ],
            After = [new("protocols", Little32(17), Little64(5)), new("protocols", Little32(6), Little64(1)), new("protocols", Little32(1), Little64(1))],
        };
    }
}
