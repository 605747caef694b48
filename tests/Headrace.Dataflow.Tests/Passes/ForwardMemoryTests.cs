namespace Headrace.Dataflow.Tests.Passes;

public class ForwardMemoryTests
{
    private const string Pass = "forward-memory";

    [Theory]
    [InlineData("r3 = *(u32 *)(r1 +4)\nr0 = *(u32 *)(r1 +4)\nr0 += r3\nexit", 1)]
    [InlineData("*(u32 *)(r1 +4) = r2\nr0 = *(u32 *)(r1 +4)\nexit", 1)]
    [InlineData("*(u32 *)(r1 +4) = r2\n*(u32 *)(r1 +8) = 1\nr0 = *(u32 *)(r1 +4)\nexit", 1)]
    [InlineData("r3 = *(u64 *)(r1 +0)\nr0 = *(u8 *)(r1 +3)\nr0 += r3\nexit", 1)]
    [InlineData("*(u32 *)(r1 +4) = r2\n*(u8 *)(r1 +7) = 1\nr0 = *(u32 *)(r1 +4)\nexit", 0)]
    [InlineData("r3 = *(u32 *)(r1 +4)\nr4 = r1\nr4 += r2\n*(u8 *)(r4 +0) = 1\nr0 = *(u32 *)(r1 +4)\nr0 += r3\nexit", 0)]
    [InlineData("r3 = *(u8 *)(r1 +4)\nr0 = *(u32 *)(r1 +4)\nr0 += r3\nexit", 0)]
    public void A_load_takes_what_is_known_unless_something_may_have_changed_it(string text, int expected) =>
        Assert.Equal(expected, Graphs.Apply(Graphs.Plain(text), Pass));

    [Fact]
    public void Blocks_with_one_way_in_know_what_was_loaded_before()
    {
        Graph graph = Graphs.Plain("r3 = *(u32 *)(r1 +4)\nr0 = 0\nif r3 == 0 goto out\nr0 = *(u32 *)(r1 +4)\nout:\nexit");
        Assert.Equal(1, Graphs.Apply(graph, Pass));
    }

    [Fact]
    public void Packet_pointers_are_loaded_again_after_the_packet_moved()
    {
        Graph graph = Graphs.Xdp("r6 = r1\nr7 = *(u32 *)(r6 +0)\nr2 = -8\ncall bpf_xdp_adjust_head#44\nr8 = *(u32 *)(r6 +0)\nr0 = r8\nr0 -= r7\nexit");
        Assert.Equal(0, Graphs.Apply(graph, Pass));
    }

    [Fact]
    public void Map_values_are_looked_at_twice()
    {
        Graph graph = Graphs.Xdp("r1 = map[m][0]+0 ll\nr0 = *(u64 *)(r1 +0)\nr2 = *(u64 *)(r1 +0)\nr0 += r2\nexit",
            new Headrace.Objects.MapSpec { Name = "m", Type = Headrace.Bytecode.MapType.Array, KeySize = 4, ValueSize = 8, MaxEntries = 1 });
        Assert.Equal(0, Graphs.Apply(graph, Pass));
    }
}
