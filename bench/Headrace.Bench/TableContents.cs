using System.Buffers.Binary;
using Headrace.Objects;

namespace Headrace.Bench;

/// <summary>What the tables of tables.bpf.c hold.</summary>
internal static class TableContents
{
    /// <summary>The object of bench/programs.</summary>
    internal const string Object = "tables.bpf.o";

    private const int BatchSize = 4096;

    private delegate void WriteElement(uint number, Span<byte> key, Span<byte> value);

    /// <summary>Reads tables.bpf.c's object, with tables of that scale.</summary>
    public static CollectionSpec LoadSpec(TableScale scale)
    {
        var spec = CollectionSpec.Parse(Resources.Read(Object), Object);
        spec.Variables["flow_bits"].Set((uint)scale.FlowBits);
        spec.Variables["recent_bits"].Set((uint)scale.RecentBits);
        spec.Variables["address_mask"].Set((1u << scale.AddressBits) - 1);
        spec.Maps["flows"].MaxEntries = 1u << scale.FlowBits;
        spec.Maps["recent"].MaxEntries = 1u << scale.RecentBits;
        spec.Maps["addresses"].MaxEntries = spec.Maps["addresses6"].MaxEntries = 1u << scale.AddressBits;
        return spec;
    }

    /// <summary>Fills the hash and the LRU.</summary>
    public static void FillFlows(TableScale scale, BothSides.Put put)
    {
        Fill("flows", 1u << scale.FlowBits, 16, 8, WriteFlow, put);
        Fill("recent", 1u << scale.RecentBits, 16, 8, WriteFlow, put);
    }

    /// <summary>Fills an LPM trie with a routing table, and an array with addresses that it routes.</summary>
    public static void FillRoutes(RouteTable routes, int count, string trie, string array, BothSides.Put put)
    {
        int size = routes.AddressBytes;
        byte[] addresses = routes.DrawAddresses(count);
        Fill(trie, (uint)routes.Prefixes.Count, routes.KeyBytes, sizeof(ulong), (number, key, value) =>
        {
            routes.WriteKey(routes.Prefixes[(int)number], key);
            BinaryPrimitives.WriteUInt64LittleEndian(value, number);
        }, put);
        Fill(array, (uint)count, sizeof(uint), size, (number, key, value) =>
        {
            BinaryPrimitives.WriteUInt32LittleEndian(key, number);
            addresses.AsSpan((int)number * size, size).CopyTo(value);
        }, put);
    }

    private static void Fill(string map, uint count, int keySize, int valueSize, WriteElement write, BothSides.Put put)
    {
        byte[] keys = new byte[BatchSize * keySize], values = new byte[BatchSize * valueSize];
        for (uint first = 0; first < count; first += BatchSize)
        {
            int here = (int)Math.Min(BatchSize, count - first);
            for (int i = 0; i < here; i++)
                write(first + (uint)i, keys.AsSpan(i * keySize, keySize), values.AsSpan(i * valueSize, valueSize));
            put(map, keys.AsSpan(0, here * keySize), values.AsSpan(0, here * valueSize));
        }
    }

    // As flow_of in tables.bpf.c.
    private static void WriteFlow(uint number, Span<byte> key, Span<byte> value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(key, number * 0x9e3779b1);
        BinaryPrimitives.WriteUInt32LittleEndian(key[4..], number ^ 0x0a000001);
        BinaryPrimitives.WriteUInt32LittleEndian(key[8..], number >> 7);
        BinaryPrimitives.WriteUInt32LittleEndian(key[12..], 17);
        BinaryPrimitives.WriteUInt64LittleEndian(value, number);
    }
}
