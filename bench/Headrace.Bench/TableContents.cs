using System.Buffers.Binary;
using Headrace.Engine;
using Headrace.Linux;

namespace Headrace.Bench;

/// <summary>Fills the tables of the object alike in both worlds.</summary>
internal static class TableContents
{
    /// <summary>Elements of the hash map.</summary>
    public const uint Flows = 1 << 22;

    /// <summary>Elements of the LRU map.</summary>
    public const uint Recent = 1 << 20;

    /// <summary>Addresses to route.</summary>
    public const int Addresses = 1 << 20;

    private const int BatchSize = 4096;

    /// <summary>Fills user-space maps.</summary>
    public static void Fill(Collection collection, RouteTable routes) =>
        Fill(routes, (map, keys, values) => collection.Maps[map].UpdateBatch(keys, values, out MapException? error) == keys.Length && error is null);

    /// <summary>Fills kernel maps.</summary>
    public static void Fill(KernelCollection collection, RouteTable routes) => Fill(routes, (map, keys, values) =>
    {
        KernelMap target = collection.Maps[map];
        for (int key = 0, value = 0; key < keys.Length; key += target.KeySize, value += target.ValueSize)
            target.Update(keys.Slice(key, target.KeySize), values.Slice(value, target.ValueSize));
        return true;
    });

    private delegate bool Put(string map, ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values);

    private static void Fill(RouteTable routes, Put put)
    {
        uint[] addresses = routes.DrawAddresses(Addresses);
        Fill("flows", Flows, 16, 8, WriteFlow, put);
        Fill("recent", Recent, 16, 8, WriteFlow, put);
        Fill("routes", (uint)routes.Prefixes.Count, 8, 8, (number, key, value) =>
        {
            RouteTable.WriteKey(routes.Prefixes[(int)number], key);
            BinaryPrimitives.WriteUInt64LittleEndian(value, number);
        }, put);
        Fill("addresses", Addresses, 4, 4, (number, key, value) =>
        {
            BinaryPrimitives.WriteUInt32LittleEndian(key, number);
            BinaryPrimitives.WriteUInt32LittleEndian(value, addresses[number]);
        }, put);
    }

    private delegate void WriteElement(uint number, Span<byte> key, Span<byte> value);

    private static void Fill(string map, uint count, int keySize, int valueSize, WriteElement write, Put put)
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
