using Headrace.Bytecode;

namespace Headrace.Dataflow.Tests.Passes;

public class ConstantTailCallsTests
{
    private const string Pass = "constant-tail-calls";

    [Fact]
    public void A_known_map_and_index_mark_the_call()
    {
        Graph graph = Graphs.Xdp("r2 = map[progs] ll\nr3 = 3\ncall bpf_tail_call#12\nr0 = 2\nexit", Graphs.Map("progs", MapType.ProgramArray, 4, 4));
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Actor call = Graphs.Only(graph, ActorKind.TailCall);
        Assert.Equal((0, HelperForm.TailCallOfIndex, 3), (call.Map, call.Expansion!.Form, call.Inputs[2].Immediate));
    }

    [Fact]
    public void An_index_from_the_packet_does_not()
    {
        Graph graph = Graphs.Xdp("r3 = *(u32 *)(r1 +16)\nr2 = map[progs] ll\ncall bpf_tail_call#12\nr0 = 2\nexit", Graphs.Map("progs", MapType.ProgramArray, 4, 4));
        Assert.Equal(0, Graphs.Apply(graph, Pass));
    }
}
