using Headrace.Bytecode;
using Headrace.Objects;
using static Headrace.Engine.Tests.TestMaps;

namespace Headrace.Engine.Tests;

public sealed class MapCreateTests
{
    [Theory]
    [InlineData(MapType.Array, 8, 4, 1, MapFlags.None, Engine.Errno.EINVAL, "4 bytes, not 8")]
    [InlineData(MapType.Array, 4, 0, 1, MapFlags.None, Engine.Errno.EINVAL, "must not be 0")]
    [InlineData(MapType.Array, 4, 1u << 31, 1, MapFlags.None, Engine.Errno.E2BIG, "2 GiB")]
    [InlineData(MapType.Array, 4, int.MaxValue, uint.MaxValue, MapFlags.None, Engine.Errno.ENOMEM, "lower max_entries")]
    [InlineData(MapType.PerCpuArray, 4, 40_000, 1, MapFlags.None, Engine.Errno.E2BIG, "32 KiB")]
    [InlineData(MapType.Hash, 4, 4, 1, MapFlags.NoCommonLru, Engine.Errno.EINVAL, "only LRU")]
    [InlineData(MapType.Hash, 4, 4, 1, MapFlags.ReadOnlyProgram | MapFlags.WriteOnlyProgram, Engine.Errno.EINVAL, "exclude each other")]
    [InlineData(MapType.Hash, 4, 4, uint.MaxValue, MapFlags.None, Engine.Errno.E2BIG, "2^31")]
    [InlineData(MapType.Hash, 4, 4_000_000, 1u << 31, MapFlags.None, Engine.Errno.ENOMEM, "lower max_entries")]
    [InlineData(MapType.Hash, uint.MaxValue, uint.MaxValue, 1, MapFlags.None, Engine.Errno.E2BIG, "4 MiB")]
    [InlineData(MapType.LruHash, 4, 4, 1, MapFlags.NoPrealloc, Engine.Errno.ENOTSUPP, "preallocated")]
    [InlineData(MapType.LpmTrie, 4, 4, 1, MapFlags.None, Engine.Errno.EINVAL, "prefix length")]
    [InlineData(MapType.DevMap, 4, 12, 1, MapFlags.None, Engine.Errno.EINVAL, "4 or 8")]
    [InlineData(MapType.CpuMap, 4, 4, 100_000, MapFlags.None, Engine.Errno.E2BIG, "cpumap")]
    [InlineData(MapType.Queue, 4, 4, 1, MapFlags.None, Engine.Errno.EINVAL, "no keys")]
    [InlineData(MapType.RingBuffer, 0, 0, 5000, MapFlags.None, Engine.Errno.EINVAL, "power of two")]
    [InlineData(MapType.ArrayOfMaps, 4, 4, 1, MapFlags.None, Engine.Errno.EBADF, "template")]
    public void What_the_kernel_refuses_is_refused_with_its_error_number_and_the_reason(
        MapType type, uint key, uint value, uint max, MapFlags flags, int errno, string reason)
    {
        MapException refused = Assert.Throws<MapException>(() => Create(type, key, value, max, flags));
        Assert.Equal(errno, refused.Errno);
        Assert.Contains(reason, refused.Message);
    }

    [Fact]
    public void A_type_that_is_only_in_the_kernel_is_named() =>
        Assert.Throws<UnsupportedFeatureException>(() => Create(MapType.SockMap, 4, 4, 1));

    [Fact]
    public void A_huge_map_costs_nothing_until_it_is_used()
    {
        using Map map = Create(MapType.Hash, 4, 64, 100_000_000);
        map.Update(BitConverter.GetBytes(1), new byte[64]);
        Assert.True(map.Delete(1));
    }

    [Fact]
    public void A_wrong_size_is_refused_in_words()
    {
        using Map map = Create(MapType.Hash, 4, 8, 1);
        MapException refused = Assert.Throws<MapException>(() => map.Update([1, 2, 3], new byte[8]));
        Assert.Contains("3 bytes, the map's keys have 4", refused.Message);
        Assert.Contains("the value has 4 bytes", Assert.Throws<MapException>(() => map.Update(1u, 1u)).Message);
    }

    [Fact]
    public void Fields_outside_the_value_are_refused()
    {
        MapSpec spec = Spec(MapType.Hash, 4, 8, 1);
        spec.SpecialFields.Add(new MapFieldSpec(MapFieldKind.SpinLock, 8, 4));
        Assert.Equal(Engine.Errno.EINVAL, Errno(() => Map.Create(spec, 1)));
    }

    [Fact]
    public void The_handle_of_a_disposed_map_finds_nothing_even_when_its_slot_is_used_again()
    {
        Map first = Create(MapType.Array, 4, 4, 1);
        ulong handle = first.Handle;
        Assert.Same(first, MapHandles.Find(handle));
        first.Dispose();
        using Map second = Create(MapType.Array, 4, 4, 1);
        Assert.Null(MapHandles.Find(handle));
        Assert.Same(second, MapHandles.Find(second.Handle));
    }
}
