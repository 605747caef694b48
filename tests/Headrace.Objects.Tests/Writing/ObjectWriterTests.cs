using Headrace.Bytecode;

namespace Headrace.Objects.Tests.Writing;

public class ObjectWriterTests
{
    [Fact]
    public void Libbpf_loads_what_the_assembler_writes()
    {
        using var tool = new BpfTool();
        string pins = tool.Load(ObjectWriter.ToBytes(AssemblyModule.Parse(AssemblyExamples.Everything, "everything.s")));
        string dump = BpfTool.Run($"prog dump xlated pinned {pins}/first");
        Assert.Contains("; call weigh", dump);
        Assert.Contains("call pc+", dump);
        Assert.Contains("lock *(u64 *)(r1 +0) += r7", dump);
        Assert.Contains("\"max_entries\":1000", BpfTool.Run($"-j map show pinned {tool.Maps}/sources"));
    }
}
