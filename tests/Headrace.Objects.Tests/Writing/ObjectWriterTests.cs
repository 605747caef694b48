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

    [Fact]
    public void A_map_element_that_names_nothing_is_refused()
    {
        AssemblyModule module = AssemblyModule.Parse(".map jumps type=prog_array key=4 value=4 max_entries=2\n.entry jumps 1 = nobody\nr0 = 0\nexit", "jumps.s");
        Assert.Equal("jumps.s: map 'jumps': its element 1 is 'nobody', which is neither a function nor a map here", Assert.Throws<ObjectException>(() => ObjectWriter.ToBytes(module)).Message);
    }
}
