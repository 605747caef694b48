namespace Headrace.Dataflow;

/// <summary>Writes loops whose rounds can be counted several times over: only the last of the copies asks whether another round follows.</summary>
/// <remarks>
/// Copies are a divisor of the rounds, so that none is left over. A short loop is written out in full and its counter becomes constants, which
/// places what it loads. What was proved of an instruction was proved of all of its rounds: each copy keeps it.
/// </remarks>
internal sealed class UnrollLoops : IPass
{
    // Actors a loop may come to, copies of its block when it stays a loop, actors all loops of a graph may add in a round of the passes,
    // and rounds that are counted to find out: code and time stay small whatever the program.
    private const int MaxActors = 256;
    private const int MaxCopies = 16;
    private const int MaxGrowth = 2048;
    private const int MaxSteps = 1 << 14;

    public string Name => "unroll-loops";

    public string Summary => "loops of known length are written several times over";

    public int Run(Graph graph) => IsCounted(graph) ? 0 : Unroll(graph);

    /// <summary>The same whether or not rounds cost a program something.</summary>
    internal static int Unroll(Graph graph)
    {
        int changes = 0, steps = MaxSteps, room = MaxGrowth;
        foreach (GraphFunction function in graph.List)
        {
            if (!function.List.Exists(block => block.IsLoopHead))
                continue;
            foreach (Loop loop in LoopAnalysis.Run(function))
            {
                if (loop.Blocks.Count > 2 || !MayCopy(loop.Head) || CountedLoop.Find(loop, ref steps) is not { } counted)
                    continue;
                int size = loop.Head.List.Count - loop.Head.MergeCount;
                int copies = CopiesOf(counted.Trips, Math.Min(MaxActors, room) / size);
                if (copies < 2 && counted.Trips > 1)
                    continue;
                Unroll(counted, copies);
                room -= size * (copies - 1);
                changes++;
            }
        }
        return changes;
    }

    // What may go on longer than a verifier has looked, global functions among it, is stopped by a budget, which each round spends of.
    private static bool IsCounted(Graph graph) => !graph.IsVerified || graph.Program.Functions.Any(function => function.IsGlobal && function.Start != 0)
        || graph.Snapshot().Any(actor => actor.Kind is ActorKind.FunctionAddress or ActorKind.LoopBudget);

    // A call takes so long that a loop around it costs nothing.
    private static bool MayCopy(Block body) => body.List.TrueForAll(actor => actor.Kind is not (ActorKind.Call or ActorKind.Helper or ActorKind.LoopBudget));

    private static int CopiesOf(int trips, int most)
    {
        if (trips <= most)
            return trips;
        for (int copies = Math.Min(most, MaxCopies); copies > 1; copies--)
        {
            if (trips % copies == 0)
                return copies;
        }
        return 1;
    }

    private static void Unroll(CountedLoop loop, int copies)
    {
        Block body = loop.Body;
        Actor[] merges = [.. body.Merges], actors = [.. body.List.Skip(merges.Length).SkipLast(1)];
        (Actor User, int Input, Actor Merge)[] uses = [.. merges.SelectMany(UsesOf)];
        // What each actor of the block is in the copy under way. The actors themselves become the last copy: who takes their tokens outside takes that.
        var now = new Dictionary<Actor, Actor>();
        int place = merges.Length;
        for (int copy = 1; copy < copies; copy++)
        {
            foreach (Actor actor in actors)
            {
                Actor twin = actor.Copy();
                foreach (Actor input in actor.Inputs)
                    twin.AddInput(now.GetValueOrDefault(input, input));
                now[actor] = twin;
            }
            body.List.InsertRange(place, actors.Select(actor => now[actor]));
            foreach (Actor actor in actors)
                now[actor].Block = body;
            place += actors.Length;
            // All take their next values together.
            Actor[] next = [.. merges.Select(merge => now.GetValueOrDefault(merge.Inputs[loop.Back], merge.Inputs[loop.Back]))];
            for (int i = 0; i < merges.Length; i++)
                now[merges[i]] = next[i];
        }
        foreach ((Actor user, int input, Actor merge) in uses)
            user.SetInput(input, now.GetValueOrDefault(merge, merge));
        if (copies < loop.Trips)
            return;
        Actor branch = body.Terminator;
        body.RemoveExit(loop.Exit);
        branch.ClearInputs();
        branch.Kind = ActorKind.Goto;
    }

    private static IEnumerable<(Actor User, int Input, Actor Merge)> UsesOf(Actor merge) =>
        from user in merge.Users.Distinct()
        from input in Enumerable.Range(0, user.Inputs.Count)
        where user.Inputs[input] == merge
        select (user, input, merge);
}
