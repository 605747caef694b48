using Headrace.Bytecode;
using Headrace.Objects;
using static Headrace.Engine.Tests.TestMaps;

namespace Headrace.Engine.Tests;

public sealed unsafe class SlotMapTests
{
    [Theory]
    [InlineData(MapType.DevMap)]
    [InlineData(MapType.DevMapHash)]
    public void A_device_map_holds_interface_indices(MapType type)
    {
        using Map map = Create(type, 4, 8, 4);
        uint key = 3;
        Assert.True(map.Lookup((byte*)&key, 0) == null);
        map.Update(3u, 17UL);
        Assert.Equal(17u, *(uint*)map.Lookup((byte*)&key, 0));
        Assert.Equal(17UL, map.Lookup<uint, ulong>(3));
        Assert.False(map.ProgramMayWrite);
        Assert.Equal(Engine.Errno.EINVAL, Errno(() => map.Update(3u, 17UL | 0x7fff_ffffUL << 32)));
        Assert.True(map.Delete(3u));
        Assert.False(map.TryLookup(3u, out ulong _));
    }

    [Fact]
    public void A_cpu_map_asks_for_a_cpu_that_exists_and_a_queue_of_bounded_length()
    {
        using Map map = Create(MapType.CpuMap, 4, 4, 64);
        map.Update(1u, 192u);
        Assert.Equal(192u, map.Lookup<uint, uint>(1));
        Assert.Equal(Engine.Errno.ENODEV, Errno(() => map.Update((uint)Cpus, 192u)));
        Assert.Equal(Engine.Errno.EOVERFLOW, Errno(() => map.Update(1u, 16_385u)));
        map.Update(1u, 0u); // takes it out
        Assert.False(map.TryLookup(1u, out uint _));
    }

    [Fact]
    public void A_socket_map_tells_programs_only_that_a_receiver_is_there()
    {
        using Map map = Create(MapType.XskMap, 4, 4, 4);
        uint key = 2;
        Assert.Equal(Engine.Errno.ENOENT, Errno(() => map.Update(2u, 0u, MapUpdateFlags.Exist)));
        map.Update(2u, 0u);
        Assert.False(map.Lookup((byte*)&key, 0) == null);
        Assert.True(((XskMap)map).TryGetReceiver(2, out uint receiver));
        Assert.Equal(0u, receiver);
        Assert.Equal(Engine.Errno.EOPNOTSUPP, Errno(() => map.Lookup<uint, uint>(2)));
        Assert.Equal(Engine.Errno.EEXIST, Errno(() => map.Update(2u, 5u, MapUpdateFlags.NoExist)));
        Assert.True(map.Delete(2u));
        Assert.True(map.Lookup((byte*)&key, 0) == null);
    }

    [Theory]
    [InlineData(MapType.ArrayOfMaps)]
    [InlineData(MapType.HashOfMaps)]
    public void A_map_of_maps_gives_programs_handles_and_users_ids(MapType type)
    {
        MapSpec spec = Spec(type, 4, 4, 4);
        spec.InnerMap = Spec(MapType.Array, 4, 8, 2);
        using Map outer = Map.Create(spec, Cpus);
        using Map inner = Create(MapType.Array, 4, 8, 2);
        using Map longer = Create(MapType.Array, 4, 8, 3);
        uint key = 1;
        outer.Update(1u, inner.Id);
        Assert.Same(inner, MapHandles.Find((ulong)outer.Lookup((byte*)&key, 0)));
        Assert.Equal(inner.Id, outer.Lookup<uint, uint>(1));
        Assert.Equal(Engine.Errno.EINVAL, Errno(() => outer.Update(2u, longer.Id)));
        Assert.Equal(Engine.Errno.EBADF, Errno(() => outer.Update(2u, uint.MaxValue)));
        Assert.Equal(0, outer.SetInnerMap((byte*)&key, inner, 0));
        Assert.True(outer.Delete(1u));
        Assert.True(outer.Lookup((byte*)&key, 0) == null);
    }

    [Fact]
    public void A_program_array_holds_programs_by_id()
    {
        using Map map = Create(MapType.ProgramArray, 4, 4, 4);
        Assert.Null(map.ProgramAt(0));
        Assert.Null(map.ProgramAt(4));
        Assert.Equal(Engine.Errno.EBADF, Errno(() => map.Update(0u, uint.MaxValue)));
        Assert.Equal(-Engine.Errno.E2BIG, map.SetProgram(4, null));
        Assert.False(map.Delete(0u));
    }
}
