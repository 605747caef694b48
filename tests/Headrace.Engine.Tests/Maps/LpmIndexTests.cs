using System.Buffers.Binary;
using Headrace.Testing;
using static Headrace.Engine.Tests.TestMaps;

namespace Headrace.Engine.Tests;

/// <summary>Tries large enough to have an index, against a table a prefix length that is searched from the longest on.</summary>
public sealed unsafe class LpmIndexTests
{
    private const int LongAddresses = 10_000_000;
    private const int Addresses = 200_000;

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(4, 4)]
    [InlineData(7, 5)]
    [InlineData(16, 6)]
    [InlineData(40, 7)]
    public void Routes_that_come_and_go_are_found_as_by_brute_force(int size, int seed)
    {
        using Map map = Create(Bytecode.MapType.LpmTrie, (uint)size + 4, 4, 6000);
        var random = new Random(seed);
        var table = new PrefixTables(size);
        // Growing, then churning, then shrinking: nodes of the index come, change their shape, and go.
        for (int step = 0; step < 30_000; step++)
        {
            int deletes = step < 8000 ? 1 : step < 20_000 ? 5 : 8;
            byte[] address = Clustered(random, size);
            int length = Length(random, size);
            byte[] key = Key(length, address);
            if (random.Next(10) < deletes)
            {
                byte[]? victim = table.Any(random);
                if (victim is not null && random.Next(4) != 0)
                    key = victim;
                Assert.Equal(table.Remove(key), map.Delete(key));
            }
            else if (table.Count < 6000 || table.Holds(key))
            {
                Update(map, key, (uint)step);
                table.Set(key, (uint)step);
            }
            for (int i = 0; i < 4; i++)
                Check(map, table, i == 0 ? address : i == 1 ? Edge(random, key) : Clustered(random, size), $"seed {seed}, step {step}");
        }
        while (table.Any(random) is { } last)
        {
            table.Remove(last);
            Assert.True(map.Delete(last));
        }
        for (int i = 0; i < 1000; i++)
            Check(map, table, Clustered(random, size), "empty");
    }

    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    public void A_full_table_answers_as_brute_force(int size)
    {
        string path = Path.Combine(SharedData.Require(), "bgp-prefixes.txt.gz");
        Assert.SkipUnless(File.Exists(path), "the BGP table is not among the shared data");
        List<byte[]> keys = BgpTable.Read(path, size);
        AddExtremes(keys, size);
        using Map map = Create(Bytecode.MapType.LpmTrie, (uint)size + 4, 4, (uint)keys.Count);
        var table = new PrefixTables(size);
        for (int i = 0; i < keys.Count; i++)
        {
            Update(map, keys[i], (uint)i);
            table.Set(keys[i], (uint)i);
        }
        var random = new Random(size);
        int addresses = Environment.GetEnvironmentVariable("HEADRACE_LONG") == "1" ? LongAddresses : Addresses;
        byte[] address = new byte[size];
        for (int i = 0; i < addresses; i++)
        {
            if (i % 4 == 0)
                random.NextBytes(address);
            else
                address = Edge(random, keys[random.Next(keys.Count)]);
            Check(map, table, address, $"address {i}");
            // Routes are withdrawn and announced again meanwhile.
            byte[] key = keys[random.Next(keys.Count)];
            if (i % 8 == 1)
                Assert.Equal(table.Remove(key), map.Delete(key));
            else if (i % 8 == 2 || i % 8 == 3)
            {
                Update(map, key, (uint)i);
                table.Set(key, (uint)i);
            }
        }
    }

    // What an Internet table lacks: a default route, and routes of hosts inside other routes, at both ends of some.
    private static void AddExtremes(List<byte[]> keys, int size)
    {
        var random = new Random(11);
        for (int i = 0, count = keys.Count; i < count; i += 500)
            keys.Add(Key(size * 8, Edge(random, keys[i])));
        keys.Add(Key(0, new byte[size]));
    }

    // As user code and as a program in turn: the ways differ where the element is there.
    private static void Update(Map map, byte[] key, uint value)
    {
        if (value % 2 == 0)
        {
            map.Update(key, BitConverter.GetBytes(value));
            return;
        }
        fixed (byte* k = key)
            Assert.Equal(0, map.Update(k, (byte*)&value, 0, 0));
    }

    private static void Check(Map map, PrefixTables table, byte[] address, string when)
    {
        fixed (byte* key = Key(address.Length * 8, address))
        {
            uint* value = (uint*)map.Lookup(key, 0);
            uint? found = value == null ? null : *value;
            uint? expected = table.Find(address);
            Assert.True(expected == found, $"{when}: {Convert.ToHexString(address)} has {expected}, the map says {found}");
        }
    }

    // Few different bytes: prefixes inside each other, dense nodes, long ways in common.
    private static byte[] Clustered(Random random, int size)
    {
        byte[] address = new byte[size];
        for (int i = 0; i < size; i++)
            address[i] = random.Next(4) == 0 ? (byte)random.Next(256) : (byte)(random.Next(2) * 0xaa);
        return address;
    }

    private static int Length(Random random, int size) =>
        random.Next(8) switch { 0 => random.Next(0, 17), 1 => size * 8, 2 => random.Next(size * 8 / 8 + 1) * 8, _ => random.Next(size * 8 + 1) };

    // An address at an end of a prefix or one beside it.
    private static byte[] Edge(Random random, byte[] key)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(key);
        byte[] address = key[4..];
        bool last = random.Next(2) == 0;
        for (int bit = length; bit < address.Length * 8; bit++)
            address[bit / 8] = (byte)(last ? address[bit / 8] | (0x80 >> (bit % 8)) : address[bit / 8] & ~(0x80 >> (bit % 8)));
        for (int at = address.Length - 1; at >= 0 && random.Next(3) == 0; at--)
        {
            address[at] += (byte)(last ? 1 : 255);
            if (address[at] != (last ? 0 : 255))
                break;
        }
        return address;
    }

    private static byte[] Key(int length, byte[] address) => [.. BitConverter.GetBytes(length), .. address];
}
