using Headrace.Bytecode;
using Headrace.Linux.Sys;
using Headrace.Objects;

namespace Headrace.Linux.Tests;

public class KernelMapTests
{
    public KernelMapTests() => RequiresKernel.OrSkip();

    [Fact]
    public void Elements_come_back_as_they_were_put()
    {
        using KernelMap map = KernelMap.Create(new MapSpec { Name = "numbers", Type = MapType.Hash, KeySize = 4, ValueSize = 8, MaxEntries = 16 });
        for (byte i = 0; i < 10; i++)
            map.Update([i, 0, 0, 0], [i, i, i, i, 0, 0, 0, i]);
        Assert.Equal(10, map.Elements().Count());
        Assert.All(map.Elements(), element => Assert.Equal(element.Key[0], element.Value[7]));
        Assert.True(map.Delete([3, 0, 0, 0]));
        Assert.False(map.Delete([3, 0, 0, 0]));
        Assert.False(map.Lookup([3, 0, 0, 0], new byte[8]));
        Assert.Equal(-ErrorNumber.EEXIST, map.TryUpdate([4, 0, 0, 0], new byte[8], flags: 1));
    }

    [Fact]
    public void Batches_move_many_elements_in_one_call()
    {
        using KernelMap map = KernelMap.Create(new MapSpec { Name = "batch", Type = MapType.Hash, KeySize = 4, ValueSize = 4, MaxEntries = 64 });
        byte[] keys = [.. Enumerable.Range(0, 64).SelectMany(BitConverter.GetBytes)];
        uint count = 64;
        Assert.Equal(0, map.TryUpdateBatch(keys, keys, ref count));
        Assert.Equal(64u, count);

        byte[] position = new byte[4], readKeys = new byte[keys.Length], readValues = new byte[keys.Length];
        count = 64;
        Assert.Equal(-ErrorNumber.ENOENT, map.TryLookupBatch(true, position, readKeys, readValues, ref count));
        Assert.Equal(64u, count);
        Assert.Equal(readKeys, readValues);
        count = 10;
        Assert.Equal(0, map.TryDeleteBatch(keys, ref count));
        Assert.Equal(54, map.Keys().Count());
    }

    [Fact]
    public void A_per_cpu_value_has_a_part_for_every_processor()
    {
        using KernelMap map = KernelMap.Create(new MapSpec { Name = "percpu", Type = MapType.PerCpuArray, KeySize = 4, ValueSize = 4, MaxEntries = 1 });
        Assert.Equal(8 * Processors.Possible, map.ValueBufferSize);
        byte[] value = new byte[map.ValueBufferSize], read = new byte[map.ValueBufferSize];
        for (int processor = 0; processor < Processors.Possible; processor++)
            value[processor * 8] = (byte)(processor + 1);
        map.Update(new byte[4], value);
        Assert.True(map.Lookup(new byte[4], read));
        Assert.Equal(value, read);
    }

    [Fact]
    public void A_frozen_map_refuses_writes_in_words()
    {
        using KernelMap map = KernelMap.Create(new MapSpec { Name = "frozen", Type = MapType.Array, KeySize = 4, ValueSize = 4, MaxEntries = 1 });
        map.Freeze();
        KernelException error = Assert.Throws<KernelException>(() => map.Update(new byte[4], new byte[4]));
        Assert.Equal("EPERM", error.ErrnoName);
        Assert.Contains("frozen", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_map_of_maps_takes_maps_like_its_template()
    {
        var inner = new MapSpec { Name = "inner", Type = MapType.Array, KeySize = 4, ValueSize = 4, MaxEntries = 1 };
        using KernelMap outer = KernelMap.Create(new MapSpec { Name = "outer", Type = MapType.ArrayOfMaps, KeySize = 4, ValueSize = 4, MaxEntries = 4, InnerMap = inner });
        using KernelMap fits = KernelMap.Create(inner);
        outer.SetMap(new byte[4], fits);
        using KernelMap other = KernelMap.Create(new MapSpec { Name = "other", Type = MapType.Hash, KeySize = 4, ValueSize = 4, MaxEntries = 1 });
        KernelException error = Assert.Throws<KernelException>(() => outer.SetMap(new byte[4], other));
        Assert.Equal("EINVAL", error.ErrnoName);
    }

    [Fact]
    public void Buffers_of_the_wrong_size_never_reach_the_kernel()
    {
        using KernelMap map = KernelMap.Create(new MapSpec { Name = "sizes", Type = MapType.Array, KeySize = 4, ValueSize = 8, MaxEntries = 1 });
        Assert.Throws<ArgumentException>(() => map.Update(new byte[4], new byte[4]));
        Assert.Throws<ArgumentException>(() => map.Lookup(new byte[3], new byte[8]));
    }
}
