namespace Headrace.Dataflow.Tests.Passes;

public class UnrollLoopsTests
{
    private const string Pass = "unroll-loops";

    private const string Short = "r0 = 0\nr3 = 0\nloop:\nr0 *= 3\nr0 += 1\nr3 += 1\nif r3 != 8 goto loop\nexit";

    [Fact]
    public void What_a_verifier_has_walked_through_is_unrolled() => Assert.Equal(1, Graphs.Apply(Graphs.Verified(Short), Pass));

    [Fact]
    public void Rounds_that_a_budget_counts_stay_rounds()
    {
        Assert.Equal(0, Graphs.Apply(Graphs.Plain(Short), Pass));
        Assert.Equal(0, Graphs.Apply(Graphs.Verified("r2 = 0\nnext:\nmay_goto done\nr2 += 1\ngoto next\ndone:\n" + Short), Pass));
    }

    [Fact]
    public void A_short_loop_is_written_out_and_its_counter_becomes_constants()
    {
        Graph graph = Graphs.Plain("r0 = 0\nr3 = 0\nloop:\nr4 = r1\nr4 += r3\nr5 = *(u8 *)(r4 + 2)\nr0 += r5\nr3 += 1\nif r3 != 8 goto loop\nexit");
        Assert.Equal(1, Unroll(graph));
        Assert.Empty(Graphs.Of(graph, ActorKind.Branch));
        Graphs.Apply(graph, "fold-constants");
        Assert.Equal([2L, 3, 4, 5, 6, 7, 8, 9], Graphs.Of(graph, ActorKind.Load).Select(load => load.Immediate));
        Assert.All(Graphs.Of(graph, ActorKind.Load), load => Assert.Equal(ActorKind.Parameter, load.Inputs[0].Kind));
    }

    [Fact]
    public void A_long_loop_asks_less_often()
    {
        Graph graph = Graphs.Plain("r0 = 0\nr3 = 0\nloop:\nr0 += r3\nr0 *= 3\nr3 += 1\nif w3 < 1000 goto loop\nexit");
        Assert.Equal(1, Unroll(graph));
        Assert.True(Graphs.Only(graph, ActorKind.Branch).Block!.IsLoopHead);
        // 10 is the largest number of copies that leaves no round over.
        Assert.Equal(10, Graphs.Of(graph, ActorKind.Multiply).Length);
    }

    [Theory]
    [InlineData("r3 = 12", "r3 += -3\nif r3 != 0 goto loop", 4)]
    [InlineData("r3 = 1", "r3 <<= 1\nif r3 < 64 goto loop", 6)]
    [InlineData("r3 = -5", "w3 += 1\nif w3 s<= -1 goto loop", 5)]
    [InlineData("r3 = 0", "r3 += 1\nif r3 == 7 goto out\ngoto loop\nout:\nr0 += 0", 7)]
    [InlineData("r3 = 0", "r3 += 1\nr4 = r3\nr4 &= 15\nif r4 != 9 goto loop", 9)]
    public void Rounds_are_counted_whatever_the_counter_does(string start, string end, int rounds)
    {
        Graph graph = Graphs.Plain($"r0 = r2\n{start}\nloop:\nr0 *= 5\nr0 ^= 77\n{end}\nexit");
        Unroll(graph);
        Assert.Empty(Graphs.Of(graph, ActorKind.Branch));
        Assert.Equal(rounds, Graphs.Of(graph, ActorKind.Multiply).Length);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(600)]
    public void Values_that_change_places_each_round_keep_doing_so(int rounds)
    {
        string text = $"r0 = 1\nr4 = 2\nr3 = 0\nloop:\nr5 = r0\nr0 = r4\nr4 = r5\nr4 *= 7\nr0 += 5\nr3 += 1\nif r3 != {rounds} goto loop\nr0 *= 31\nr0 += r4\nr0 += r3\nexit";
        Graph graph = Graphs.Plain(text);
        Assert.Equal(1, Unroll(graph));
        (ulong a, ulong b) = (1, 2);
        for (int i = 0; i < rounds; i++)
            (a, b) = (b + 5, a * 7);
        Assert.Equal(a * 31 + b + (ulong)rounds, Run(graph));
    }

    [Theory]
    [InlineData("if r3 != r2 goto loop")] // a bound that is not known
    [InlineData("if r3 != 0 goto loop")] // 2^64 rounds
    [InlineData("r3 = *(u8 *)(r1 + 3)\nif r3 != 9 goto loop")] // what memory says
    public void Loops_of_unknown_length_are_left_alone(string end)
    {
        Graph graph = Graphs.Plain($"r0 = 0\nr3 = 0\nloop:\nr0 += 7\nr3 += 1\n{end}\nexit");
        Assert.Equal(0, Unroll(graph));
    }

    [Fact]
    public void A_loop_that_starts_at_several_counts_is_left_alone()
    {
        Graph graph = Graphs.Plain("r0 = 0\nr3 = 0\nif r2 == 1 goto other\ngoto loop\nother:\nr3 = 4\nloop:\nr0 += 7\nr3 += 1\nif r3 != 8 goto loop\nexit");
        Assert.Equal(0, Unroll(graph));
    }

    [Fact]
    public void Many_loops_do_not_make_the_graph_large()
    {
        string loop(int i) => $"r3 = 0\nloop{i}:\nr0 += 7\nr0 *= 3\nr0 ^= r3\nr3 += 1\nif r3 != 48 goto loop{i}\n";
        Graph graph = Graphs.Plain($"r0 = r2\n{string.Concat(Enumerable.Range(0, 600).Select(loop))}exit");
        int before = graph.Main.Actors.Count();
        for (int round = 0; round < 4; round++)
        {
            Unroll(graph);
            PassPipeline.Run(graph, PassOptions.All);
        }
        Assert.True(graph.Main.Actors.Count() < before + 4 * 2048, $"{before} actors became {graph.Main.Actors.Count()}");
    }

    [Fact]
    public void A_nest_of_loops_stays_small()
    {
        string nest = string.Concat(Enumerable.Range(0, 8).Select(i => $"*(u64 *)(r10 - {8 * i + 8}) = 0\nloop{i}:\n"))
            + "r0 *= 3\nr0 += 1\n" + string.Concat(Enumerable.Range(0, 8).Reverse().Select(i => $"r4 = *(u64 *)(r10 - {8 * i + 8})\nr4 += 1\n*(u64 *)(r10 - {8 * i + 8}) = r4\nif r4 != 4 goto loop{i}\n"));
        Graph graph = Graphs.Plain($"r0 = r2\n{nest}exit");
        for (int round = 0; round < 4; round++)
        {
            Unroll(graph);
            PassPipeline.Run(graph, PassOptions.All);
        }
        Assert.True(graph.Main.Actors.Count() < 1000, $"{graph.Main.Actors.Count()} actors");
    }

    private static int Unroll(Graph graph)
    {
        int changes = UnrollLoops.Unroll(graph);
        Cleaning.Run(graph);
        GraphAnalysis.Run(graph);
        Assert.Null(GraphCheck.Find(graph));
        return changes;
    }

    private static ulong Run(Graph graph)
    {
        // Without memory, branches decide by themselves.
        var values = new Dictionary<Actor, ulong>();
        Block block = graph.Main.Entry;
        Block? from = null;
        int exit = 0;
        while (true)
        {
            int way = from is null ? -1 : block.PredecessorIndex(from, exit);
            foreach ((Actor merge, ulong value) in block.Merges.Select(merge => (merge, Value(merge.Inputs[way]))).ToArray())
                values[merge] = value;
            foreach (Actor actor in block.Actors.Where(actor => actor.Kind != ActorKind.Merge && actor.IsPure && !actor.IsLiteral))
                values[actor] = Evaluation.Compute(actor, Value(actor.Inputs[0]), actor.Inputs.Count > 1 ? Value(actor.Inputs[1]) : 0);
            if (block.Terminator.Kind == ActorKind.Return)
                return Value(block.Terminator.Inputs[0]);
            (from, exit) = (block, block.Terminator.Kind == ActorKind.Branch && Value(block.Terminator.Inputs[0]) == 0 ? 1 : 0);
            block = block.Successors[exit];
        }

        ulong Value(Actor actor) => actor.Kind == ActorKind.Constant ? (ulong)actor.Immediate : values[actor];
    }
}
