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

    // The program was verified with an array of 8 elements: compiled code does not ask whether the last is there.
    [Fact]
    public void Array_with_fewer_elements_than_programs_were_verified_with_is_refused()
    {
        CollectionSpec spec = TestProgram.Spec(Pass, ProgramType.Xdp, TestProgram.Array("array", entries: 8));
        using Map few = Map.Create(TestProgram.Array("array", entries: 7)), many = Map.Create(TestProgram.Array("array", entries: 9));
        Assert.Contains("has 7 elements", Refusal(spec, "array", few), StringComparison.Ordinal);
        Assert.Null(Refusal(spec, "array", many));
    }

    [Fact]
    public void Frozen_section_goes_over_only_with_the_constants_it_was_verified_with()
    {
        CollectionSpec spec = TestProgram.Spec(Pass, ProgramType.Xdp, Constants(5));
        using Collection same = TestProgram.Load(TestProgram.Spec(Pass, ProgramType.Xdp, Constants(5)));
        using Collection other = TestProgram.Load(TestProgram.Spec(Pass, ProgramType.Xdp, Constants(6)));
        using Map open = Map.Create(Constants(5));
        Assert.Null(Refusal(spec, ".rodata", same.Maps[".rodata"]));
        Assert.Contains("constants", Refusal(spec, ".rodata", other.Maps[".rodata"]), StringComparison.Ordinal);
        Assert.Contains("frozen", Refusal(spec, ".rodata", open), StringComparison.Ordinal);

        static MapSpec Constants(byte value)
        {
            MapSpec constants = TestProgram.Array(".rodata", 4, 1, MapFlags.ReadOnlyProgram);
            (constants.Data, constants.Freeze) = ([value, 0, 0, 0], true);
            return constants;
        }
    }

    [Fact]
    public void Map_that_programs_may_write_less_or_whose_inner_maps_are_others_is_refused()
    {
        using Map readOnly = Map.Create(TestProgram.Array("array", flags: MapFlags.ReadOnlyProgram));
        Assert.Contains("flags", Refusal(TestProgram.Spec(Pass, ProgramType.Xdp, TestProgram.Array("array")), "array", readOnly), StringComparison.Ordinal);
        using Map narrow = Map.Create(Outer(4)), alike = Map.Create(Outer(16));
        Assert.Contains("other maps", Refusal(TestProgram.Spec(Pass, ProgramType.Xdp, Outer(16)), "outer", narrow), StringComparison.Ordinal);
        Assert.Null(Refusal(TestProgram.Spec(Pass, ProgramType.Xdp, Outer(16)), "outer", alike));

        static MapSpec Outer(uint valueSize)
        {
            MapSpec outer = TestProgram.Map("outer", MapType.ArrayOfMaps, 4, 4, 2);
            outer.InnerMap = TestProgram.Array("inner", valueSize);
            return outer;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_000_000)]
    [InlineData(-1)]
    public void Executor_for_a_processor_that_per_cpu_maps_have_no_value_for_is_refused(int cpu)
    {
        CollectionSpec spec = TestProgram.Spec(Pass, ProgramType.Xdp, TestProgram.Map("percpu", MapType.PerCpuArray, 4, 8, 2));
        using Collection collection = TestProgram.Load(spec, new EngineOptions { Cpus = 1 });
        foreach (EngineKind engine in Enum.GetValues<EngineKind>())
            Assert.Throws<ArgumentOutOfRangeException>(() => collection.Programs["main"].CreateExecutor(engine, new MachineOptions { Cpu = cpu }));
    }

    private static string? Refusal(CollectionSpec spec, string name, Map map)
    {
        try
        {
            TestProgram.Load(spec, new EngineOptions { Maps = new Dictionary<string, Map> { [name] = map } }).Dispose();
            return null;
        }
        catch (MapException refusal)
        {
            return refusal.Message;
        }
    }
}
