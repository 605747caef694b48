using System.Buffers.Binary;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Bench;

/// <summary>The programs <c>lb</c> and <c>router</c> with large tables, loaded in both worlds and filled alike.</summary>
internal static class ProgramTables
{
    /// <summary>The virtual address that connections go to: of lb_turns.bpf.c.</summary>
    public const uint Vip = 0xc6336401;

    private const int Reals = 256;
    private const int Ring = 1021;
    private const int Neighbours = 1000;
    private const byte Udp = 17;
    private const uint Loopback = 1;
    private const uint Counters = 9;

    /// <summary>Reads an object, with room in its tables for what is measured.</summary>
    public static CollectionSpec LoadSpec(string name, TableScale scale)
    {
        var spec = CollectionSpec.Parse(Resources.Read(name), name);
        // A full LRU lets elements go in front of its limit, in the kernel.
        if (spec.Maps.FirstOrDefault(map => map.Name == "connections") is { } connections)
        {
            connections.MaxEntries = (1u << scale.ConnectionBits) + (1u << (scale.ConnectionBits - 3));
            spec.Variables["connection_bits"].Set((uint)scale.ConnectionBits);
        }
        if (spec.Maps.FirstOrDefault(map => map.Name == "addresses") is { } addresses)
        {
            addresses.MaxEntries = 1u << scale.AddressBits;
            spec.Variables["address_mask"].Set(addresses.MaxEntries - 1);
        }
        return spec;
    }

    /// <summary>Fills the load balancer: every connection is known.</summary>
    public static void FillBalancer(TableScale scale, BothSides.Put put)
    {
        byte[] vip = new byte[20];
        BinaryPrimitives.WriteUInt32BigEndian(vip, Vip);
        vip[18] = Udp;
        put("vips", vip, new byte[8]);
        for (uint i = 1; i <= Reals; i++)
        {
            byte[] real = new byte[24];
            BinaryPrimitives.WriteUInt32BigEndian(real, 0xc0000200 + i);
            real[16] = 4;
            put("reals", Number(i), real);
        }
        for (uint i = 0; i < Ring; i++)
            put("rings", Number(i), Number(i % Reals + 1));
        put("gateway", Number(0), Convert.FromHexString("020000000101020000000002ac10000120010db800ff00000000000000000001"));
        byte[] flow = new byte[40], connection = new byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(flow.AsSpan(16), Vip);
        BinaryPrimitives.WriteUInt16BigEndian(flow.AsSpan(34), 443);
        flow[36] = Udp;
        flow[37] = 4;
        for (uint i = 0; i < 1u << scale.ConnectionBits; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(flow, TablePackets.ConnectionSource(i));
            BinaryPrimitives.WriteUInt16BigEndian(flow.AsSpan(32), TablePackets.ConnectionPort(i));
            BinaryPrimitives.WriteUInt32LittleEndian(connection, i % Reals + 1);
            put("connections", flow, connection);
        }
    }

    /// <summary>Fills the router: every address has a route and a neighbour.</summary>
    public static void FillRouter(BothSides.Put put, RouteTable routes, uint[] addresses)
    {
        put("ports", Number(0), Number(Loopback));
        for (uint i = 0; i < Neighbours; i++)
        {
            byte[] neighbour = Convert.FromHexString("0200000000010200000000ff0000000000000000");
            BinaryPrimitives.WriteUInt16BigEndian(neighbour.AsSpan(4), (ushort)i);
            put("neighbours", Number(i), neighbour);
        }
        byte[] key = new byte[8];
        for (int i = 0; i < routes.Prefixes.Count; i++)
        {
            routes.WriteKey(routes.Prefixes[i], key);
            put("routes4", key, Number((uint)(i % Neighbours)));
        }
        for (uint i = 0; i < addresses.Length; i++)
            put("addresses", Number(i), Number(addresses[i]));
    }

    /// <summary>Refuses figures of a program that did not do what it is measured for.</summary>
    /// <param name="map">A per-CPU array that counts in the first 8 bytes of its values; its first element, what is measured.</param>
    /// <param name="lookup">Reads one of its elements, all CPUs' values.</param>
    /// <exception cref="HeadraceException">More than one packet in a hundred took another way.</exception>
    public static void Check(string map, Func<byte[], byte[]> lookup)
    {
        ulong all = 0, right = 0;
        for (uint i = 0; i < Counters; i++)
        {
            byte[] values = lookup(Number(i));
            ulong sum = 0;
            int stride = map == "events" ? 8 : 16;
            for (int at = 0; at < values.Length; at += stride)
                sum += BinaryPrimitives.ReadUInt64LittleEndian(values.AsSpan(at));
            all += sum;
            right += i == 0 ? sum : 0;
        }
        if (right * 100 < all * 99 || all == 0)
            throw new HeadraceException($"{map}: {right} of {all} packets took the way that is measured");
    }

    private static byte[] Number(uint number) => BitConverter.GetBytes(number);
}
