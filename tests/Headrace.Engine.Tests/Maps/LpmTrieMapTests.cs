using System.Buffers.Binary;
using Headrace.Bytecode;
using Headrace.Testing.Corners;
using static Headrace.Engine.Tests.TestMaps;

namespace Headrace.Engine.Tests;

public sealed unsafe class LpmTrieMapTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    [InlineData(3)]
    [InlineData(11)]
    public void Lookup_answers_the_longest_prefix(int addressSize)
    {
        using Map map = Create(MapType.LpmTrie, (uint)addressSize + 4, 4, 2000);
        var random = new Random(addressSize);
        var routes = new Dictionary<(int Length, string Prefix), uint>();
        for (uint step = 0; step < 4000; step++)
        {
            int length = random.Next(addressSize * 8 + 1);
            byte[] address = Address(random, addressSize);
            var name = (length, Prefix(address, length));
            byte[] key = [.. BitConverter.GetBytes(length), .. address];
            if (random.Next(3) == 0)
            {
                Assert.Equal(routes.Remove(name), map.Delete(key));
            }
            else if (routes.Count < 2000 || routes.ContainsKey(name))
            {
                map.Update(key, BitConverter.GetBytes(step));
                routes[name] = step;
            }
            CheckLookup(map, routes, Address(random, addressSize));
        }
        Assert.Equal(routes.Count, map.Entries().Count());
        foreach ((int length, string prefix) in routes.Keys)
            Assert.True(map.Delete([.. BitConverter.GetBytes(length), .. Convert.FromHexString(Bits(prefix, addressSize))]));
        Assert.Empty(map.Entries());
    }

    [Fact]
    public void Entries_come_children_first()
    {
        using Map map = Create(MapType.LpmTrie, 8, 1, 10);
        (int Length, byte[] Address)[] routes = [(16, [192, 168, 0, 0]), (24, [192, 168, 0, 0]), (24, [192, 168, 128, 0]), (24, [192, 168, 1, 0])];
        foreach ((int length, byte[] address) in routes)
            map.Update([.. BitConverter.GetBytes(length), .. address], [1]);
        // The example in the kernel's source of trie_get_next_key.
        Assert.Equal(["24 192.168.0.0", "24 192.168.1.0", "24 192.168.128.0", "16 192.168.0.0"], map.Entries().Select(entry =>
            $"{BinaryPrimitives.ReadInt32LittleEndian(entry.Key)} {string.Join('.', entry.Key.Skip(4))}"));
    }

    public static TheoryData<EngineKind> All => Engines.All;

    // The corner's first test compares with the kernel; this one says what is right.
    [Theory, MemberData(nameof(All))]
    public void A_value_that_a_run_has_found_stays_after_its_route_is_gone(EngineKind engine)
    {
        Corner corner = Corner.All.Single(corner => corner.Name == "a route's value outlives its route for the run that found it");
        using var collection = Collection.Load(corner.Spec);
        using Executor executor = collection.Programs["main"].CreateExecutor(engine);
        using var burst = new PacketBurst(corner.Packets.Count);
        foreach (byte[] packet in corner.Packets)
            burst.Add(packet);
        for (int round = 0; round < 50; round++)
        {
            executor.Run(burst.Frames, burst.Count);
            for (int i = 0; i < burst.Count; i++)
                Assert.Equal(1u, burst.Frames[i].Verdict);
        }
    }

    [Fact]
    public void Prefixes_beyond_the_key_and_elements_beyond_the_limit_are_refused()
    {
        using Map map = Create(MapType.LpmTrie, 8, 1, 1);
        Assert.Equal(Engine.Errno.EINVAL, Errno(() => map.Update([33, 0, 0, 0, 1, 2, 3, 4], [1])));
        Assert.Equal(Engine.Errno.EINVAL, Errno(() => map.Delete([33, 0, 0, 0, 1, 2, 3, 4])));
        Assert.False(map.TryLookup([33, 0, 0, 0, 1, 2, 3, 4], new byte[1]));
        map.Update([8, 0, 0, 0, 10, 0, 0, 0], [1]);
        Assert.Equal(Engine.Errno.ENOSPC, Errno(() => map.Update([8, 0, 0, 0, 11, 0, 0, 0], [1])));
        map.Update([8, 0, 0, 0, 10, 9, 9, 9], [2]);
        Assert.Equal([2], map.Lookup([32, 0, 0, 0, 10, 1, 2, 3]));
    }

    [Fact]
    public void A_limit_of_four_billion_costs_only_what_is_used()
    {
        using Map map = Create(MapType.LpmTrie, 8, 8, uint.MaxValue);
        map.Update([0, 0, 0, 0, 0, 0, 0, 0], new byte[8]);
        ulong key = 32;
        ulong value = (ulong)map.Lookup((byte*)&key, 0);
        Assert.True(map.Contains(value, 8));
        Assert.False(map.Contains(value, 9));
        Assert.False(map.Contains(value - 8, 8));
    }

    private static void CheckLookup(Map map, Dictionary<(int Length, string Prefix), uint> routes, byte[] address)
    {
        uint? expected = null;
        for (int length = address.Length * 8; length >= 0 && expected is null; length--)
            expected = routes.TryGetValue((length, Prefix(address, length)), out uint route) ? route : null;
        byte[] value = new byte[4];
        bool found = map.TryLookup([.. BitConverter.GetBytes(address.Length * 8), .. address], value);
        Assert.Equal(expected, found ? BitConverter.ToUInt32(value) : null);
    }

    private static byte[] Address(Random random, int size)
    {
        byte[] address = new byte[size];
        for (int i = 0; i < size; i++)
            address[i] = (byte)(random.Next(3) * 0x55);
        return address;
    }

    private static string Prefix(byte[] address, int length) =>
        string.Concat(address.Select(part => Convert.ToString(part, 2).PadLeft(8, '0')))[..length];

    private static string Bits(string prefix, int size) => string.Concat(
        prefix.PadRight(size * 8, '0').Chunk(8).Select(bits => Convert.ToByte(new string(bits), 2).ToString("x2")));
}
