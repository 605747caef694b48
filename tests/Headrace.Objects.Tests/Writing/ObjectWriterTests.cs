using Headrace.Bytecode;
using Headrace.Testing;

namespace Headrace.Objects.Tests.Writing;

public class ObjectWriterTests
{
    public static TheoryData<string> Objects => ObjectDisassemblerTests.Objects;

    [Fact]
    public void Libbpf_loads_what_the_assembler_writes()
    {
        byte[] elf = ObjectWriter.ToBytes(AssemblyModule.Parse(AssemblyExamples.Everything, "everything.s"));
        string said = BpfTool.Load(elf, "prog dump xlated pinned {pins}/first", "-j prog show pinned {pins}/classify", "-j map show name packets");
        Assert.Contains("; call weigh", said);
        Assert.Contains("call pc+", said);
        Assert.Contains("lock *(u64 *)(r1 +0) += r7", said);
        Assert.Contains("\"type\":\"sched_cls\"", said);
        Assert.Contains("\"max_entries\":256", said);
    }

    [Fact]
    public void Two_lines_are_a_program() =>
        Assert.Contains("\"type\":\"xdp\"", BpfTool.Load(ObjectWriter.ToBytes(AssemblyModule.Parse("r0 = 2\nexit\n")), "-j prog show pinned {pins}/xdp"));

    [Theory, MemberData(nameof(Objects))]
    public void Libbpf_loads_a_reassembled_object_where_it_loads_the_original(string path)
    {
        byte[] original = File.ReadAllBytes(Path.Combine(Repository.Root, path));
        (bool loaded, string log) = BpfTool.TryLoad(original);
        Assert.SkipUnless(loaded, $"libbpf does not load the original: {log}");
        BpfTool.Load(ObjectWriter.ToBytes(AssemblyModule.Parse(ObjectDisassembler.Parse(original, path).ToText(), "again.s")));
    }

    [Theory, MemberData(nameof(Objects))]
    public void A_collection_written_and_read_again_is_the_same(string path)
    {
        CollectionSpec before = CollectionSpec.Load(Path.Combine(Repository.Root, path));
        CollectionSpec after = CollectionSpec.Parse(ObjectWriter.ToBytes(before), path);
        Assert.Equal(before.License, after.License);
        Assert.Equal(before.Programs.Select(program => (program.Name, program.Type, program.ExpectedAttachType)), after.Programs.Select(program => (program.Name, program.Type, program.ExpectedAttachType)));
        foreach (ProgramSpec program in before.Programs)
            Assert.Equal(ObjectDisassemblerTests.Named(before, program.Name), ObjectDisassemblerTests.Named(after, program.Name));
        Assert.Equal(before.Maps.Select(map => map.Name).Order(), after.Maps.Select(map => map.Name).Order());
    }

    [Fact]
    public void A_collection_made_in_memory_loads_in_libbpf()
    {
        var spec = new CollectionSpec { Source = "made.o", License = "GPL" };
        spec.Maps.Add(new MapSpec { Name = "counts", Type = MapType.Array, KeySize = 4, ValueSize = 8, MaxEntries = 1 });
        Instruction[] program = Assembler.Assemble("""
            *(u32 *)(r10 -4) = 0
            r1 = map[counts] ll
            r2 = r10
            r2 += -4
            call map_lookup_elem
            r1 = 0
            call next
            exit
            next:
            r0 = 2
            exit
            """, name => spec.Maps.IndexOf(spec.Maps[name]));
        spec.Programs.Add(new ProgramSpec
        {
            Name = "count",
            Type = ProgramType.Xdp,
            ExpectedAttachType = AttachType.Xdp,
            Instructions = program,
            Functions = [new FunctionSpec("count", 0, true, 0), new FunctionSpec("next", program.Length - 2, false, 0)],
        });
        Assert.Contains("call pc+", BpfTool.Load(ObjectWriter.ToBytes(spec), "prog dump xlated pinned {pins}/count"));
    }

    [Fact]
    public void A_map_element_that_names_nothing_is_refused()
    {
        AssemblyModule module = AssemblyModule.Parse(".map jumps type=prog_array key=4 value=4 max_entries=2\n.entry jumps 1 = nobody\nr0 = 0\nexit", "jumps.s");
        Assert.Equal("jumps.s: map 'jumps': its element 1 is 'nobody', which is neither a function nor a map here", Assert.Throws<ObjectException>(() => ObjectWriter.ToBytes(module)).Message);
    }
}
