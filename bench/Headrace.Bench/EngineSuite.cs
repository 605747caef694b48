using Headrace.Bytecode;

namespace Headrace.Bench;

/// <summary>The programs that engines are compared on, in groups.</summary>
internal static class EngineSuite
{
    private const string Compute = "compute.bpf.o", Engine = "engine.bpf.o";

    // Clients, servers and an attack as the contents in programs/ have them.
    private const string Client = "10.0.0.5", Server = "198.51.100.1";

    // A ring of 2 MiB holds 29,127 records of 64 bytes; three quarters of ddos's hold the samples of some 100,000 packets.
    private const int RingRuns = 20_000, SampleRuns = 80_000;

    /// <summary>The objects that are only made to be measured.</summary>
    public static IReadOnlyList<string> Objects { get; } = [Compute, Engine];

    /// <summary>The groups.</summary>
    public static IReadOnlyList<EngineGroup> Groups { get; } =
    [
        new("compute", 0.95, 1.10,
        [
            Native("fnv64"), Native("jhash60"), Native("checksum64"), Native("checksum1500", 1514), Native("collatz"), Native("modulo"), Native("siphash32"),
            Native("parse") with { Packet = EnginePackets.TaggedIpv6(), Verdict = XdpAction.Drop }, Native("bits"), Native("memory"),
        ]),
        new("maps", 0.60, 1.0,
        [
            OfMaps("count", XdpAction.Drop), OfMaps("hash4", XdpAction.Drop), OfMaps("hash16", XdpAction.Drop), OfMaps("hash40", XdpAction.Drop),
            OfMaps("lru16", XdpAction.Drop), OfMaps("lpm", XdpAction.Drop), OfMaps("csum_diff", null),
            OfMaps("encapsulate", XdpAction.Tx) with { Restores = true },
            OfMaps("tail_calls", XdpAction.Drop),
            OfMaps("ring_output", XdpAction.Drop) with { Ring = "records", MostRuns = RingRuns },
            OfMaps("redirect_map", XdpAction.Redirect), OfMaps("loop", XdpAction.Drop),
        ]),
        new("programs", 0.65, null,
        [
            new("firewall.bpf.o", "firewall", EnginePackets.Udp(64)) { Verdict = XdpAction.Drop, Fill = EngineContents.Firewall },
            new("router.bpf.o", "router", EnginePackets.Udp(64, Server, Client))
            {
                Verdict = XdpAction.Redirect,
                Fill = EngineContents.Routes,
                Contents = [("routes4", "router.routes4.json"), ("neighbours", "router.neighbours.json"), ("ports", "router.ports.json")],
                Restores = true,
            },
            new("lb.bpf.o", "lb", EnginePackets.Tcp(64, Client, Server, 80))
            {
                Verdict = XdpAction.Tx,
                Contents = [("vips", "lb.vips.json"), ("rings", "lb.rings.json"), ("reals", "lb.reals.json"), ("gateway", "lb.gateway.json")],
                Restores = true,
            },
            new("tunnel.bpf.o", "encapsulate", EnginePackets.Udp(64, Client, Server))
            {
                Title = "tunnel",
                Verdict = XdpAction.Tx,
                Fill = EngineContents.Tunnels,
                Contents = [("tunnels", "tunnel.tunnels.json")],
                Restores = true,
            },
            new("nat44.bpf.o", "nat44", EnginePackets.Udp(64, Client, Server)) { Verdict = XdpAction.Pass, Restores = true },
            new("ddos.bpf.o", "ddos", EnginePackets.WithPayload(EnginePackets.Udp(64), [0xde, 0xad, 0xbe, 0xef]))
            {
                Verdict = XdpAction.Drop,
                Fill = EngineContents.Signatures,
                Contents = [("signatures", "ddos.signatures.json")],
                Ring = "events",
                MostRuns = SampleRuns,
            },
            .. Filters(),
        ]),
    ];

    private static EngineProgram Native(string program, int length = 64) => new(Compute, program, EnginePackets.Udp(length)) { HasNative = true };

    private static EngineProgram OfMaps(string program, XdpAction? verdict) =>
        new(Engine, program, EnginePackets.Udp(64)) { Verdict = verdict, Fill = EngineContents.Maps };

    // Debian's objects of xdp-filter, where package xdp-tools is installed: those that drop what they find and pass the rest.
    private static IEnumerable<EngineProgram> Filters()
    {
        string[] names = ["xdpfilt_alw_all", "xdpfilt_alw_ip", "xdpfilt_alw_udp", "xdpfilt_alw_eth"];
        foreach (string folder in Directory.Exists("/usr/lib") ? Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu") : [])
        {
            foreach (string name in names)
            {
                string path = Path.Combine(folder, "bpf", name + ".o");
                if (File.Exists(path))
                    yield return new EngineProgram(path, name, EnginePackets.Udp(64)) { Verdict = XdpAction.Drop, Fill = EngineContents.Filter };
            }
        }
    }
}
