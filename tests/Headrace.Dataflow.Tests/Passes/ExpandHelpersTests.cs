using Headrace.Bytecode;

namespace Headrace.Dataflow.Tests.Passes;

public class ExpandHelpersTests
{
    private const string Pass = "expand-helpers";

    [Theory]
    [InlineData(MapType.Array, HelperForm.ArrayElement)]
    [InlineData(MapType.PerCpuArray, HelperForm.PerCpuArrayElement)]
    [InlineData(MapType.LruHash, HelperForm.HashLookup)]
    [InlineData(MapType.LpmTrie, HelperForm.PrefixLookup)]
    public void Look_ups_get_the_form_of_their_map(MapType type, HelperForm expected)
    {
        Graph graph = Graphs.Xdp("*(u32 *)(r10 -4) = 1\nr2 = r10\nr2 += -4\nr1 = map[m] ll\ncall bpf_map_lookup_elem#1\nr0 = 2\nexit", Graphs.Map("m", type));
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Assert.Equal(new HelperExpansion(expected, 4, 8), Graphs.Only(graph, ActorKind.Helper).Expansion);
    }

    [Fact]
    public void Loops_of_a_known_function_are_told_from_others()
    {
        Graph known = Graphs.Xdp("r1 = 5\nr2 = subprog[f] ll\nr3 = 0\nr4 = 0\ncall bpf_loop#181\nr0 = 2\nexit\nf:\nr0 = 0\nexit");
        Assert.Equal(1, Graphs.Apply(known, Pass));
        Assert.Equal(HelperForm.LoopOfFunction, Graphs.Only(known, ActorKind.Helper).Expansion!.Form);
        Assert.Equal(0, Graphs.Apply(Graphs.Xdp("r2 = *(u32 *)(r1 +12)\nr3 = 0\nr4 = 0\ncall bpf_loop#181\nr0 = 2\nexit"), Pass));
    }

    [Theory]
    [InlineData("r2 = -20\ncall bpf_xdp_adjust_head#44", HelperForm.MoveOfEnd)]
    [InlineData("r2 = 8\ncall bpf_xdp_adjust_tail#65", HelperForm.MoveOfEnd)]
    [InlineData("r2 = -4\ncall bpf_xdp_adjust_meta#54", HelperForm.MoveOfEnd)]
    [InlineData("r2 = *(u32 *)(r1 +12)\ncall bpf_xdp_adjust_head#44", null)]
    public void Moves_by_a_constant_are_told_from_others(string call, HelperForm? expected)
    {
        Graph graph = Graphs.Xdp($"{call}\nr0 = 2\nexit");
        Graphs.Apply(graph, Pass);
        Assert.Equal(expected, Graphs.Only(graph, ActorKind.Helper).Expansion?.Form);
    }
}
