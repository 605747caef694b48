using System.Runtime.InteropServices;
using Headrace.Bytecode;
using static Headrace.Engine.Tests.TestMaps;

namespace Headrace.Engine.Tests;

public sealed class BatchTests
{
    [Theory]
    [InlineData(MapType.Hash, 7)]
    [InlineData(MapType.Array, 7)]
    [InlineData(MapType.LruHash, 1)]
    public void A_traversal_in_batches_gives_every_element_once(MapType type, int size)
    {
        using Map map = Create(type, 4, 4, 100);
        for (uint key = 0; key < 100; key++)
            map.Update(key, key + 1000);
        var seen = new Dictionary<uint, uint>();
        uint[] keys = new uint[size], values = new uint[size];
        MapBatchToken token = default;
        while (!token.IsEnd)
        {
            int count = map.LookupBatch(ref token, MemoryMarshal.AsBytes(keys.AsSpan()), MemoryMarshal.AsBytes(values.AsSpan()));
            for (int i = 0; i < count; i++)
                seen.Add(keys[i], values[i]);
        }
        Assert.Equal(Enumerable.Range(0, 100).Select(key => KeyValuePair.Create((uint)key, (uint)key + 1000)), seen.OrderBy(pair => pair.Key));
    }

    [Fact]
    public void Taking_in_batches_empties_the_map()
    {
        using Map map = Create(MapType.Hash, 8, 8, 200);
        for (ulong key = 0; key < 200; key++)
            map.Update(key, key);
        var seen = new HashSet<ulong>();
        ulong[] keys = new ulong[9], values = new ulong[9];
        MapBatchToken token = default;
        while (!token.IsEnd)
        {
            int count = map.LookupAndDeleteBatch(ref token, MemoryMarshal.AsBytes(keys.AsSpan()), MemoryMarshal.AsBytes(values.AsSpan()));
            Assert.All(keys.Take(count), key => Assert.True(seen.Add(key)));
        }
        Assert.Equal(200, seen.Count);
        Assert.Empty(map.Entries());
    }

    [Fact]
    public void Updates_and_deletes_end_at_the_first_refusal_and_say_how_far_they_came()
    {
        using Map map = Create(MapType.Hash, 4, 4, 3);
        uint[] keys = [1, 2, 3, 4, 5], values = [1, 2, 3, 4, 5];
        Assert.Equal(3, map.UpdateBatch(MemoryMarshal.AsBytes(keys.AsSpan()), MemoryMarshal.AsBytes(values.AsSpan()), out MapException? full));
        Assert.Equal(Engine.Errno.E2BIG, full!.Errno);
        Assert.Equal(3, map.DeleteBatch(MemoryMarshal.AsBytes(keys.AsSpan()), out MapException? missing));
        Assert.Equal(Engine.Errno.ENOENT, missing!.Errno);
        Assert.Equal(0, map.DeleteBatch([], out MapException? nothing));
        Assert.Null(nothing);
    }

    [Fact]
    public void Maps_without_batches_say_so()
    {
        using Map map = Create(MapType.XskMap, 4, 4, 3);
        MapBatchToken token = default;
        Assert.Equal(Engine.Errno.ENOTSUPP, Errno(() => map.LookupBatch(ref token, new byte[4], new byte[4])));
    }
}
