namespace Headrace.Dataflow.Tests.Passes;

public class NarrowTests
{
    private const string Pass = "narrow";

    [Theory]
    [InlineData("r0 = r2\nr0 += r1\nr0 &= 0xffff\nexit", ActorKind.Add)]
    [InlineData("r2 &= 255\nr0 = r2\nr0 *= 3\nr0 %= 7\nexit", ActorKind.Remainder)]
    [InlineData("r2 &= 255\nr0 = 0\nif r2 > 9 goto out\nr0 = 1\nout:\nexit", ActorKind.Compare)]
    public void What_needs_32_bits_gets_them(string text, ActorKind kind)
    {
        // Plain eBPF's memory address is a pointer: r1 is made a number first.
        Graph graph = Graphs.Plain("r1 = r2\n" + text);
        Assert.NotEqual(0, Graphs.Apply(graph, Pass));
        Assert.True(Graphs.Only(graph, kind).Is32);
    }

    [Theory]
    [InlineData("r0 = r2\nr0 *= 3\nr0 >>= 40\nexit")]
    [InlineData("r0 = r1\nr0 += 4\nr0 = *(u32 *)(r0 +0)\nexit")]
    [InlineData("r0 = 0\nif r2 > 9 goto out\nr0 = 1\nout:\nexit")]
    public void What_needs_more_or_is_an_address_stays(string text) => Assert.Equal(0, Graphs.Apply(Graphs.Plain(text), Pass));
}
