using System.Buffers.Binary;
using Headrace.Bytecode;
using static Headrace.Engine.Tests.TestMaps;

namespace Headrace.Engine.Tests;

public sealed unsafe class HashMapTests
{
    public static TheoryData<MapType, int, bool> Kinds()
    {
        var kinds = new TheoryData<MapType, int, bool>();
        foreach (int keySize in new[] { 1, 4, 7, 8, 12, 16, 20, 40 })
        {
            foreach (MapType type in new[] { MapType.Hash, MapType.PerCpuHash, MapType.LruHash, MapType.LruPerCpuHash })
                kinds.Add(type, keySize, false);
            kinds.Add(MapType.Hash, keySize, true);
            kinds.Add(MapType.LruHash, keySize, true);
        }
        return kinds;
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_full_life_of_many_elements_agrees_with_a_dictionary(MapType type, int keySize, bool near)
    {
        int limit = keySize == 1 ? 200 : 5000;
        using Map map = CreateHash(type, (uint)keySize, 12, (uint)limit, near);
        var model = new Dictionary<string, byte[]>();
        var random = new Random(keySize * 31 + (int)type);
        for (int step = 0; step < 60_000; step++)
        {
            byte[] key = Key(random.Next(limit), keySize);
            string name = Convert.ToHexString(key);
            byte[] value = new byte[map.UserValueSize];
            switch (random.Next(3))
            {
                case 0:
                    Assert.Equal(model.Remove(name), map.Delete(key));
                    break;
                case 1:
                    random.NextBytes(value);
                    map.Update(key, value);
                    model[name] = value;
                    break;
                default:
                    Assert.Equal(model.TryGetValue(name, out byte[]? expected), map.TryLookup(key, value));
                    Assert.Equal(expected ?? new byte[value.Length], value);
                    break;
            }
        }
        Assert.Equal(model.Keys.Order(), map.Entries().Select(entry => Convert.ToHexString(entry.Key)).Order());
        Assert.All(map.Entries(), entry => Assert.Equal(model[Convert.ToHexString(entry.Key)], entry.Value));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_full_map_refuses_new_keys_and_replaces_old_ones(bool near)
    {
        using Map map = CreateHash(MapType.Hash, 4, 4, 3, near);
        for (uint key = 0; key < 3; key++)
            map.Update(key, key);
        Assert.Equal(Engine.Errno.E2BIG, Errno(() => map.Update(3u, 3u)));
        map.Update(2u, 22u);
        Assert.Equal(22u, map.Lookup<uint, uint>(2));
        Assert.True(map.Delete(0u));
        map.Update(3u, 3u);
        Assert.Equal(Engine.Errno.EEXIST, Errno(() => map.Update(3u, 3u, MapUpdateFlags.NoExist)));
        Assert.Equal(Engine.Errno.ENOENT, Errno(() => map.Update(0u, 3u, MapUpdateFlags.Exist)));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_replaced_value_stays_readable_where_it_was_and_a_new_one_has_another_address(bool near)
    {
        using Map map = CreateHash(MapType.Hash, 4, 8, 4, near);
        uint key = 7;
        map.Update(key, 1UL);
        ulong* before = (ulong*)map.Lookup((byte*)&key, 0);
        map.Update(key, 2UL);
        ulong* after = (ulong*)map.Lookup((byte*)&key, 0);
        Assert.False(before == after);
        Assert.Equal(1UL, *before);
        Assert.Equal(2UL, *after);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Keys_that_share_a_bucket_are_all_found(bool near)
    {
        // Without a seed the same keys meet every time: those that a table of one bucket has for the first, until overflow buckets are in use.
        using Map map = CreateHash(MapType.Hash, 8, 8, 400, near, MapFlags.ZeroSeed);
        for (int round = 0; round < 3; round++)
        {
            for (ulong key = 0; key < 400; key++)
                map.Update(key * 0x1_0000_0001, key + (ulong)round);
            for (ulong key = 0; key < 400; key++)
                Assert.Equal(key + (ulong)round, map.Lookup<ulong, ulong>(key * 0x1_0000_0001));
            for (ulong key = (ulong)round; key < 400; key += 3)
                Assert.True(map.Delete(key * 0x1_0000_0001));
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_program_may_touch_a_value_but_not_its_neighbours(bool near)
    {
        using Map map = CreateHash(MapType.Hash, 4, 12, 8, near);
        uint key = 1;
        map.Update(BitConverter.GetBytes(key), new byte[12]);
        ulong value = (ulong)map.Lookup((byte*)&key, 0);
        Assert.True(map.Contains(value, 12));
        Assert.True(map.Contains(value + 8, 4));
        Assert.True(map.Contains(value + 12, 0));
        Assert.False(map.Contains(value + 8, 5));
        Assert.False(map.Contains(value - 1, 1));
        Assert.False(map.Contains(value, ulong.MaxValue));
        Assert.False(map.Contains(0, 1));
        Assert.False(map.Contains(ulong.MaxValue, 1));
    }

    [Theory]
    [InlineData(MapType.LruHash, false)]
    [InlineData(MapType.LruHash, true)]
    [InlineData(MapType.LruPerCpuHash, false)]
    public void An_evicting_map_lets_unused_elements_go_and_keeps_used_ones(MapType type, bool near)
    {
        const uint limit = 1000;
        using Map map = CreateHash(type, 4, 8, limit, near);
        byte[] value = new byte[map.UserValueSize];
        for (uint key = 0; key < limit; key++)
            map.Update(BitConverter.GetBytes(key), value);
        for (uint key = 0; key < 100; key++)
            Assert.False(map.Lookup((byte*)&key, 0) == null);
        for (uint key = limit; key < limit + 400; key++)
        {
            map.Update(BitConverter.GetBytes(key), value);
            Assert.True(map.TryLookup(BitConverter.GetBytes(key), value));
        }
        Assert.Equal((int)limit, map.Entries().Count());
        for (uint key = 0; key < 100; key++)
            Assert.True(map.TryLookup(BitConverter.GetBytes(key), value), $"key {key} was used and is gone");
    }

    [Fact]
    public void A_new_per_cpu_element_is_zero_on_other_cpus()
    {
        using Map map = Create(MapType.PerCpuHash, 4, 8, 2);
        for (int round = 0; round < 3; round++)
        {
            uint key = 5;
            ulong value = 9;
            Assert.Equal(0, map.Update((byte*)&key, (byte*)&value, 0, 2));
            byte[] all = map.Lookup(BitConverter.GetBytes(key));
            Assert.Equal([0UL, 0UL, 9UL, 0UL], Enumerable.Range(0, 4).Select(cpu => BinaryPrimitives.ReadUInt64LittleEndian(all.AsSpan(cpu * 8))));
            all.AsSpan().Fill(0xff);
            map.Update(BitConverter.GetBytes(key), all);
            Assert.True(map.Delete(key));
        }
    }

    /// <summary>Keys of real programs differ in a few bits: chains stay as short as chance would have them.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Keys_that_differ_in_few_bits_spread_over_the_buckets(bool seeded)
    {
        const int count = 50_000;
        (string Name, Action<Span<uint>, uint> Write)[] families =
        [
            ("numbers in the first word", (words, i) => words[0] = i),
            ("numbers in the last word", (words, i) => words[^1] = i),
            ("numbers in network order", (words, i) => words[0] = BinaryPrimitives.ReverseEndianness(i)),
            ("network order in the last word", (words, i) => words[^1] = BinaryPrimitives.ReverseEndianness(i)),
            ("high bits", (words, i) => words[0] = i << 16 | i >> 16),
            ("two words alike", (words, i) => words[0] = words[^1] = i),
            ("two words that cancel", (words, i) => (words[0], words[^1]) = (i, ~i)),
            ("a grid", (words, i) => (words[0], words[^1]) = (i % 224, i / 224)),
            ("all words alike", (words, i) => words.Fill(i)),
            ("ones elsewhere", (words, i) => { words.Fill(uint.MaxValue); words[^1] = i; }),
        ];
        foreach ((string name, Action<Span<uint>, uint> write) in families)
        {
            Check<Key4>(4, name, write, seeded, count);
            Check<Key8>(8, name, write, seeded, count);
            Check<Key16>(16, name, write, seeded, count);
            Check<Key20>(20, name, write, seeded, count);
            Check<Key40>(40, name, write, seeded, count);
            Check<KeyAny>(12, name, write, seeded, count);
        }
    }

    private static void Check<TKey>(int size, string family, Action<Span<uint>, uint> write, bool seeded, int count) where TKey : struct, IKey<TKey>
    {
        ulong seed = seeded ? (ulong)Random.Shared.NextInt64() << 1 | 1 : FoldedMultiply.Second;
        byte* key = stackalloc byte[size];
        int[] buckets = new int[count], tags = new int[128];
        var known = new HashSet<ulong>();
        for (uint i = 0; i < count; i++)
        {
            new Span<byte>(key, size).Clear();
            write(new Span<uint>(key, size / 4), i);
            ulong hash = TKey.Read(key, size).Hash(seed);
            if (!known.Add(size == 4 ? *(uint*)key : hash))
                continue; // of one word, some families have fewer keys
            uint spread = FoldedMultiply.Spread(hash);
            buckets[(int)((ulong)spread * (uint)count >> 32)]++;
            tags[HashBucket.Tag(spread) >> 1]++;
        }
        // Of n keys in n buckets, 1 in 270 buckets holds five or more by chance; of 64 bits, no more than a few are alike: equal
        // products of small differences.
        string what = $"{size} bytes, {family}, seed 0x{seed:x}: {known.Count} hashes";
        Assert.True(size == 4 || known.Count >= count - 20, what);
        int crowded = buckets.Count(held => held >= 5), expected = known.Count / 270;
        Assert.True(crowded <= 2 * expected + 20, $"{what}, {crowded} crowded buckets where {expected} are expected");
        Assert.True(tags.Max() <= 3 * known.Count / tags.Length + 20, $"{what}, one tag for {tags.Max()}");
    }

    private static byte[] Key(int number, int size)
    {
        byte[] key = new byte[size];
        for (int i = 0; i < size; i++)
            key[i] = (byte)(number >> (8 * (i % Math.Min(size, 4))));
        return key;
    }
}
