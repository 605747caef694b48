using Headrace.Bytecode;
using Headrace.Objects;
using static Headrace.Engine.Tests.TestMaps;

namespace Headrace.Engine.Tests;

public sealed unsafe class ArrayMapTests
{
    [Fact]
    public void Elements_always_exist_and_are_zero_at_first()
    {
        using Map map = Create(MapType.Array, 4, 5, 3);
        Assert.Equal(new byte[5], map.Lookup([2, 0, 0, 0]));
        map.Update([2, 0, 0, 0], [1, 2, 3, 4, 5], MapUpdateFlags.Exist);
        Assert.Equal([1, 2, 3, 4, 5], map.Lookup([2, 0, 0, 0]));
        Assert.False(map.TryLookup([3, 0, 0, 0], new byte[5]));
        Assert.Equal(Engine.Errno.E2BIG, Errno(() => map.Update([3, 0, 0, 0], new byte[5])));
        Assert.Equal(Engine.Errno.EEXIST, Errno(() => map.Update([0, 0, 0, 0], new byte[5], MapUpdateFlags.NoExist)));
        Assert.Equal(Engine.Errno.EINVAL, Errno(() => map.Delete([0, 0, 0, 0])));
    }

    [Fact]
    public void Keys_go_from_0_and_start_again_after_one_out_of_range()
    {
        using Map map = Create(MapType.Array, 4, 4, 3);
        Assert.Equal([0u, 1u, 2u], map.Entries().Select(entry => BitConverter.ToUInt32(entry.Key)));
        byte[] next = new byte[4];
        Assert.True(map.TryGetNextKey([9, 0, 0, 0], next));
        Assert.Equal(0u, BitConverter.ToUInt32(next));
        Assert.False(map.TryGetNextKey([2, 0, 0, 0], next));
    }

    [Fact]
    public void A_program_may_touch_one_value_and_not_the_padding_behind_it()
    {
        using Map map = Create(MapType.Array, 4, 5, 3);
        uint key = 1;
        ulong value = (ulong)map.Lookup((byte*)&key, 0);
        Assert.True(map.Contains(value, 5));
        Assert.False(map.Contains(value, 6));
        Assert.False(map.Contains(value + 5, 1));
        Assert.False(map.Contains(value - 8 - 1, 1));
        Assert.False(map.Contains(value + 16, 1));
        Assert.False(map.Contains(value + 1, ulong.MaxValue));
    }

    [Fact]
    public void A_data_section_is_an_array_that_holds_its_bytes()
    {
        MapSpec spec = Spec(MapType.Array, 4, 6, 1);
        spec.Data = [1, 2, 3, 4, 5, 6];
        using Map map = Map.Create(spec, 1);
        Assert.Equal(spec.Data, map.Lookup([0, 0, 0, 0]));
    }

    [Fact]
    public void Per_cpu_values_are_apart_and_users_see_them_all()
    {
        using Map map = Create(MapType.PerCpuArray, 4, 4, 2);
        uint key = 1;
        for (int cpu = 0; cpu < Cpus; cpu++)
            *(uint*)map.Lookup((byte*)&key, cpu) = 10u + (uint)cpu;
        byte[] all = map.Lookup([1, 0, 0, 0]);
        Assert.Equal(8 * Cpus, all.Length);
        Assert.Equal([10u, 11u, 12u, 13u], Enumerable.Range(0, Cpus).Select(cpu => BitConverter.ToUInt32(all, cpu * 8)));
        Assert.True(map.Lookup((byte*)&key, Cpus) == null);
        Assert.True(map.Contains((ulong)map.Lookup((byte*)&key, 3), 4));
        Assert.False(map.Contains((ulong)map.Lookup((byte*)&key, 3), 5));
    }

    [Fact]
    public void A_frozen_map_can_only_be_read_by_users_but_written_by_programs()
    {
        using Map map = Create(MapType.Array, 4, 4, 1);
        map.Freeze();
        MapException refused = Assert.Throws<MapException>(() => map.Update(0u, 1u));
        Assert.Equal(Engine.Errno.EPERM, refused.Errno);
        Assert.Contains("frozen", refused.Message);
        Assert.Equal(Engine.Errno.EPERM, Errno(map.Freeze));
        uint key = 0, value = 7;
        Assert.Equal(0, map.Update((byte*)&key, (byte*)&value, 0, 0));
        Assert.Equal(7u, map.Lookup<uint, uint>(0));
    }

    [Fact]
    public void A_spin_lock_stays_in_its_element_and_reads_as_zero()
    {
        MapSpec spec = Spec(MapType.Array, 4, 16, 1);
        spec.SpecialFields.Add(new MapFieldSpec(MapFieldKind.SpinLock, 4, 4));
        using Map map = Map.Create(spec, 1);
        byte[] value = [.. Enumerable.Repeat((byte)0xee, 16)];
        map.Update([0, 0, 0, 0], value, MapUpdateFlags.Lock);
        uint key = 0;
        uint* words = (uint*)map.Lookup((byte*)&key, 0);
        Assert.Equal(0u, words[1]);
        words[1] = 1; // a program holds the lock
        Assert.Equal("eeeeeeee00000000eeeeeeeeeeeeeeee", Convert.ToHexStringLower(map.Lookup([0, 0, 0, 0])));
        map.Update([0, 0, 0, 0], new byte[16]);
        Assert.Equal(1u, words[1]);
        Assert.Equal(Engine.Errno.ENOTSUPP, Errno(map.Freeze));
    }
}
