using static Headrace.Testing.Packets;
using static Headrace.Testing.Scenario;

namespace Headrace.Testing;

/// <summary>The scenarios of all committed programs, a file a group.</summary>
public static partial class Scenarios
{
    private const string Client = "10.0.0.7", Server = "198.51.100.5", Client6 = "2001:db8:1::a00:7", Server6 = "2001:db8:2::1";

    /// <summary>Every scenario.</summary>
    public static IReadOnlyList<Scenario> All { get; } = [.. Simple(), .. Filters(), .. Forwarders(), .. Balancers(), .. Pipelines()];

    private static byte[] Hello => "hello, world"u8.ToArray();

    private static byte[] Udp4(int source = 1000, int destination = 53, byte[]? payload = null) =>
        Frame(IPv4(Client, Server, Udp, UdpDatagram(source, destination, payload ?? Hello)));

    private static byte[] Tcp4(int source = 1000, int destination = 80, byte flags = PushAck, string from = Client) =>
        Frame(IPv4(from, Server, Tcp, TcpSegment(source, destination, flags, Hello)));

    private static byte[] Udp6 => Frame(IPv6(Client6, Server6, Udp, UdpDatagram(1000, 53, Hello)));

    private static byte[] Arp => Ethernet(0x0806, new byte[28]);

    private static byte[] Counter(ulong packets, ulong bytes) => [.. Little64(packets), .. Little64(bytes)];

    private static byte[] Flow(string source, string destination, int sourcePort, int destinationPort, byte protocol) =>
        [.. Wide(source), .. Wide(destination), .. Big16(sourcePort), .. Big16(destinationPort), protocol, source.Contains(':', StringComparison.Ordinal) ? (byte)6 : (byte)4, 0, 0];

    private static byte[] Swapped(byte[] frame) => [.. frame[6..12], .. frame[..6], .. frame[12..]];

    private static IEnumerable<Scenario> Simple()
    {
        yield return new("drop", "throws everything away") { Steps = [new(Udp4(), Drop), new(Arp, Drop), new(new byte[14], Drop)] };
        yield return new("pass", "passes everything") { Steps = [new(Udp4(), Pass), new(Arp, Pass), new(new byte[14], Pass)] };
        yield return new("macswap", "exchanges the addresses") { Steps = [new(Udp4(), Tx, Swapped(Udp4())), new(Arp, Tx, Swapped(Arp))] };
        yield return new("rxq_info", "counts by queue and interface")
        {
            Steps = [new(Arp, Pass), new(Udp4(), Pass)],
            After = [new("queues", Little32(0), Counter(2, (ulong)(Arp.Length + Udp4().Length))), new("interfaces", Little32(1), Counter(2, (ulong)(Arp.Length + Udp4().Length)))],
        };
        yield return new("rxq_info", "reflects when told to") { Settings = [("verdict", Little32(Tx))], Steps = [new(Arp, Tx, Swapped(Arp))] };
        yield return new("globals", "counts in variables and drops what is too large")
        {
            Settings = [("largest", Little32(100)), ("verdicts", [.. Little32(Pass), .. Little32(Tx)])],
            Steps = [new(new byte[60], Pass), new(new byte[61], Tx), new(new byte[101], Drop), new(Arp, Pass)],
            After = [new(".data.last", Little32(0), [.. Little32((uint)Arp.Length), 0x08, 0x06, 0, 0, .. Little64(2)])],
        };
        yield return new("globals", "drops one in so many")
        {
            Settings = [("drop_every", Little32(3))],
            Steps = [new(Arp, Drop), new(Arp, Pass), new(Arp, Pass), new(Arp, Drop), new(Arp, Pass)],
        };
        yield return new("dump", "samples one in so many")
        {
            Settings = [("sample_every", Little32(0))],
            Steps = [new(Arp, Pass), new(Udp4(), Pass)],
            After = [new("state", Little32(0), [.. Little64(2), .. Little64(0), .. Little64(0)])],
        };
        yield return new("dump", "counts as lost what nobody reads")
        {
            Settings = [("sample_every", Little32(2))],
            Steps = [new(Arp, Pass), new(Udp4(), Pass), new(Arp, Pass)],
            After = [new("state", Little32(0), [.. Little64(3), .. Little64(0), .. Little64(2)])],
        };
    }
}
