namespace Headrace.Dataflow.Tests.Passes;

public class InlineFunctionsTests
{
    private const string Pass = "inline-functions";

    [Fact]
    public void A_call_becomes_the_blocks_of_the_function_on_a_frame_of_its_own()
    {
        Graph graph = Graphs.Plain("*(u64 *)(r10 -8) = 7\nr1 = 5\ncall f\nr1 = *(u64 *)(r10 -8)\nr0 += r1\nexit\nf:\n*(u64 *)(r10 -8) = r1\nr0 = *(u64 *)(r10 -8)\nexit");
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Assert.Single(graph.Functions);
        Assert.Equal(2, graph.Main.Frames);
        Assert.Equal([0, 1, 1, 0], graph.Main.Actors.Where(actor => actor.IsOrdered).Select(actor => actor.Inputs[0].Facts.Pointer.Index));
    }

    [Fact]
    public void Results_of_several_returns_are_merged()
    {
        Graph graph = Graphs.Plain("r1 = r2\ncall f\nr0 += 1\nexit\nf:\nr0 = 3\nif r1 > 9 goto out\nr0 = 4\nout:\nif r1 == 77 goto other\nexit\nother:\nr0 = 8\nexit");
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Assert.Contains(graph.Main.Actors, actor => actor.Kind == ActorKind.Merge && actor.Users.Any(user => user.Kind == ActorKind.Add));
    }

    [Fact]
    public void Functions_that_count_rounds_or_have_their_address_taken_stay()
    {
        Graph loops = Graphs.Plain("call f\nexit\nf:\nr0 = 0\nagain:\nmay_goto out\nr0 += 1\ngoto again\nout:\nexit");
        Assert.Equal(0, Graphs.Apply(loops, Pass));
        Graph callback = Graphs.Xdp("r1 = 4\nr2 = subprog[f] ll\nr3 = 0\nr4 = 0\ncall bpf_loop#181\ncall f\nexit\nf:\nr0 = 0\nexit");
        Assert.Equal(1, Graphs.Apply(callback, Pass));
        Assert.Equal(2, callback.Functions.Count);
    }

    [Fact]
    public void Calls_inside_functions_are_reached_too()
    {
        Graph graph = Graphs.Plain("call f\nexit\nf:\ncall g\nr0 += 1\nexit\ng:\nr0 = 2\nexit");
        Assert.Equal(2, Graphs.Apply(graph, Pass));
        Assert.Single(graph.Functions);
    }
}
