using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine.Tests;

public class CollectionTests
{
    private const string Pass = "r0 = 2\nexit";

    [Fact]
    public void Maps_hold_what_the_spec_says_from_the_start()
    {
        MapSpec hash = TestProgram.Map("hash", MapType.Hash, 2, 1, 4);
        hash.Entries.Add(new MapEntrySpec([1, 2], [3]));
        MapSpec perCpu = TestProgram.Map("percpu", MapType.PerCpuArray, 4, 8, 2);
        perCpu.Entries.Add(new MapEntrySpec([1, 0, 0, 0], [1, 2, 3, 4, 5, 6, 7, 8]));
        MapSpec data = TestProgram.Array(".data", 4);
        data.Data = [4, 3, 2, 1];
        using Collection collection = TestProgram.Load(TestProgram.Spec(Pass, ProgramType.Xdp, hash, perCpu, data), new EngineOptions { Cpus = 3 });
        Assert.Equal([3], collection.Maps["hash"].Lookup([1, 2]));
        Assert.Equal([4, 3, 2, 1], collection.Maps[".data"].Lookup(new byte[4]));
        byte[] values = collection.Maps["percpu"].Lookup([1, 0, 0, 0]);
        Assert.Equal(24, values.Length);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], values[16..]);
    }

    [Fact]
    public void Frozen_map_refuses_user_code()
    {
        MapSpec constants = TestProgram.Array(".rodata", 4, 1, MapFlags.ReadOnlyProgram);
        constants.Data = [1, 0, 0, 0];
        constants.Freeze = true;
        using Collection collection = TestProgram.Load(TestProgram.Spec(Pass, ProgramType.Xdp, constants));
        Assert.Throws<MapException>(() => collection.Maps[".rodata"].Update(new byte[4], new byte[4]));
    }

    [Theory]
    [InlineData("nobody", "there is no program 'nobody' in the collection")]
    public void Reference_to_nothing_is_refused_by_name(string reference, string reason)
    {
        MapSpec programs = TestProgram.Map("programs", MapType.ProgramArray, 4, 4, 1);
        programs.Entries.Add(new MapEntrySpec(new byte[4], null, reference));
        var refusal = Assert.Throws<MapException>(() => TestProgram.Load(TestProgram.Spec(Pass, ProgramType.Xdp, programs)));
        Assert.EndsWith(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Element_that_does_not_fit_is_refused_with_its_key()
    {
        MapSpec array = TestProgram.Array("array", 4, 2);
        array.Entries.Add(new MapEntrySpec([2, 0, 0, 0], new byte[4]));
        var refusal = Assert.Throws<MapException>(() => TestProgram.Load(TestProgram.Spec(Pass, ProgramType.Xdp, array)));
        Assert.Contains("02000000", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(Errno.E2BIG, refusal.Errno);
    }

    [Fact]
    public void Failed_load_releases_the_maps_it_made_and_keeps_the_users()
    {
        using Map shared = Map.Create(TestProgram.Array("shared"));
        CollectionSpec spec = TestProgram.Spec("call unknown#999\nexit", ProgramType.Xdp, TestProgram.Array("own"), TestProgram.Array("shared"));
        Map? own = null;
        using (Collection working = TestProgram.Load(TestProgram.Spec(Pass, ProgramType.Xdp, TestProgram.Array("own"))))
            own = working.Maps["own"];
        Assert.Null(MapHandles.Find(own.Handle));
        Assert.Throws<ProgramLoadException>(() => TestProgram.Load(spec, new EngineOptions { Maps = new Dictionary<string, Map> { ["shared"] = shared } }));
        Assert.Same(shared, MapHandles.Find(shared.Handle));
    }

    [Fact]
    public void Maps_can_be_shared_between_collections()
    {
        using Map shared = Map.Create(TestProgram.Array("shared"));
        var options = new EngineOptions { Maps = new Dictionary<string, Map> { ["shared"] = shared } };
        using (Collection collection = TestProgram.Load(TestProgram.Spec(Pass, ProgramType.Xdp, TestProgram.Array("shared")), options))
            Assert.Same(shared, collection.Maps["shared"]);
        Assert.Same(shared, MapHandles.Find(shared.Handle));
        Assert.Throws<MapException>(() => TestProgram.Load(TestProgram.Spec(Pass, ProgramType.Xdp, TestProgram.Array("shared", 4)), options));
    }
}
