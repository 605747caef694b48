using System.Buffers.Binary;
using Headrace.Objects;

namespace Headrace.Bench;

/// <summary>What the maps of the suite's programs hold: what the packet asks for, and others around it, so that tables are searched.</summary>
internal static class EngineContents
{
    private const int Elements = 512;

    private static readonly byte[] s_one = [1, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>The maps of engine.bpf.c.</summary>
    public static void Maps(CollectionSpec spec, byte[] packet)
    {
        byte[] source = packet[26..30], destination = packet[30..34], ports = packet[34..38];
        Add(spec, "ports", [0, 0, 0, 0], [1, 0, 0, 0]); // the loopback interface, which every machine has
        var random = new Random(1);
        for (int i = 0; i < Elements; i++)
        {
            bool own = i == 0;
            byte[] address = own ? source : Bytes(random, 4);
            Add(spec, "hosts", address, s_one);
            byte[] flow = [.. address, .. destination, .. ports, packet[23], 0, 0, 0];
            Add(spec, "flows", flow, s_one);
            Add(spec, "recent_flows", flow, s_one);
            Add(spec, "wide_flows", [.. Mapped(address), .. Mapped(destination), .. flow[8..]], s_one);
            Add(spec, "routes", Prefix(own ? 24 : random.Next(8, 33), own ? destination : Bytes(random, 4)), s_one);
        }
    }

    /// <summary>The firewall's: the packet's source is in a network that is dropped, its flow has no rule of its own.</summary>
    public static void Firewall(CollectionSpec spec, byte[] packet)
    {
        byte[] drop = [2, 0, 0, 0, 1, 0, 0, 0];
        var random = new Random(2);
        Add(spec, "networks4", Prefix(24, packet[26..30]), drop);
        for (int i = 0; i < Elements; i++)
        {
            Add(spec, "networks4", Prefix(random.Next(8, 33), Bytes(random, 4)), drop);
            byte[] flow = new byte[40];
            Bytes(random, 4).CopyTo(flow, 0);
            packet[30..34].CopyTo(flow, 16);
            packet[34..38].CopyTo(flow, 32);
            (flow[36], flow[37]) = (packet[23], 4);
            Add(spec, "flows", flow, drop);
        }
    }

    /// <summary>More routes around those of programs/router.routes4.json.</summary>
    public static void Routes(CollectionSpec spec, byte[] packet) => Prefixes(spec, "routes4", [1, 0, 0, 0]);

    /// <summary>More tunnels around those of programs/tunnel.tunnels.json.</summary>
    public static void Tunnels(CollectionSpec spec, byte[] packet) => Prefixes(spec, "tunnels", new byte[28]);

    /// <summary>More signatures around those of programs/ddos.signatures.json.</summary>
    public static void Signatures(CollectionSpec spec, byte[] packet)
    {
        var random = new Random(3);
        for (int i = 0; i < Elements; i++)
            Add(spec, "signatures", [.. Bytes(random, 4), 0, 0, packet[23], 0], new byte[16]);
    }

    /// <summary>xdp-filter's: only what the object asks last is there, so that it asks everything.</summary>
    public static void Filter(CollectionSpec spec, byte[] packet)
    {
        const ulong Source = 1, Destination = 2, Tcp = 4, Udp = 8; // the lower bits of an element: xdp-filter(8)
        bool asksPorts = spec.Maps.Contains("filter_ports"), asksAddresses = spec.Maps.Contains("filter_ipv4");
        if (asksPorts)
            Add(spec, "filter_ports", [packet[36], packet[37], 0, 0], BitConverter.GetBytes(Destination | Tcp | Udp));
        if (asksAddresses)
            Addresses("filter_ipv4", asksPorts ? null : packet[26..30], 4);
        if (spec.Maps.Contains("filter_ethernet"))
            Addresses("filter_ethernet", asksPorts || asksAddresses ? null : packet[6..12], 6);

        void Addresses(string map, byte[]? own, int size)
        {
            var random = new Random(4);
            for (int i = 0; i < Elements; i++)
                Add(spec, map, i == 0 && own is not null ? own : Bytes(random, size), BitConverter.GetBytes(Source));
        }
    }

    // Away from the addresses of the suite's packets, and below 128 so that none is for multicast.
    private static void Prefixes(CollectionSpec spec, string map, byte[] value)
    {
        var random = new Random(5);
        for (int i = 0; i < Elements; i++)
            Add(spec, map, Prefix(random.Next(16, 33), [(byte)random.Next(11, 120), .. Bytes(random, 3)]), value);
    }

    private static void Add(CollectionSpec spec, string map, byte[] key, byte[] value) => spec.Maps[map].Entries.Add(new MapEntrySpec(key, value));

    private static byte[] Prefix(int length, byte[] address)
    {
        byte[] key = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(key, length);
        address.CopyTo(key, 4);
        return key;
    }

    // An IPv4 address as an IPv6 one.
    private static byte[] Mapped(byte[] address) => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, .. address];

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
