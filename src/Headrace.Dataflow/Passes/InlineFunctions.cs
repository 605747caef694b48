namespace Headrace.Dataflow;

/// <summary>Puts the blocks of called functions in the place of the call.</summary>
/// <remarks>Hardware has no call, and what a function does with its caller's stack shows only inside of it. Its frame keeps its place on the stack.</remarks>
internal sealed class InlineFunctions : IPass
{
    // Actors of a function that is copied to every caller, and of a caller that takes no more.
    private const int MaxCallee = 80;
    private const int MaxCaller = 4000;

    public string Name => "inline-functions";

    public string Summary => "calls of functions become their blocks";

    public int Run(Graph graph)
    {
        int changes = 0;
        var calls = graph.Snapshot().Where(actor => actor.Kind == ActorKind.Call).CountBy(call => call.Immediate).ToDictionary();
        foreach (GraphFunction caller in graph.List)
        {
            if (caller.Actors.Count() > MaxCaller)
                continue;
            foreach (Actor call in caller.Snapshot().Where(actor => actor.Kind == ActorKind.Call))
            {
                GraphFunction callee = graph.FunctionAt((int)call.Immediate);
                if (callee == caller || !Fits(caller, callee, calls[call.Immediate]))
                    continue;
                Inline(caller, call, callee);
                changes++;
            }
        }
        if (changes > 0)
            graph.List.RemoveAll(function => function != graph.Main && !IsReferred(graph, function));
        return changes;
    }

    private static bool Fits(GraphFunction caller, GraphFunction callee, int calls)
    {
        int size = callee.Actors.Count();
        if (caller.Actors.Count() + size > MaxCaller)
            return false;
        // A tail call leaves the function alone, and each call of a function counts its own may_goto rounds.
        if (callee.Actors.Any(actor => actor.Kind is ActorKind.Call or ActorKind.TailCall or ActorKind.LoopBudget))
            return false;
        return size <= MaxCallee || calls == 1;
    }

    private static bool IsReferred(Graph graph, GraphFunction function) => graph.List.SelectMany(other => other.Actors)
        .Any(actor => actor.Kind is ActorKind.Call or ActorKind.FunctionAddress && actor.Immediate == function.Start);

    private static void Inline(GraphFunction caller, Actor call, GraphFunction callee)
    {
        Graph graph = caller.Graph;
        Block before = call.Block!, after = Split(before, call);
        int frame = call.Frame + 1;
        caller.Frames = Math.Max(caller.Frames, frame + callee.Frames);
        var blocks = callee.List.ToDictionary(block => block, block => caller.NewBlock(block.Slot));
        var actors = new Dictionary<Actor, Actor>();
        var results = new List<Actor>();
        foreach (Block block in callee.List)
        {
            foreach (Actor actor in block.List)
            {
                if (actor.IsLiteral)
                    actors[actor] = caller.Literal(actor.Kind, actor.Kind == ActorKind.FramePointer ? actor.Immediate + frame : actor.Immediate, actor.Map);
                else if (actor.Kind == ActorKind.Parameter)
                    actors[actor] = call.Inputs[(int)actor.Immediate - 1];
                else
                    blocks[block].Append(actors[actor] = Copy(actor, frame));
            }
        }
        foreach (Block block in callee.List)
        {
            foreach (Actor actor in block.List.Where(actor => !actor.IsLiteral && actor.Kind != ActorKind.Parameter))
            {
                if (actor.Kind == ActorKind.Return)
                    results.Add(actors[actor.Inputs[0]]);
                else
                    CopyInputs(actor, actors);
            }
            foreach (Block exit in block.Exits)
                blocks[block].Connect(blocks[exit]);
            if (block.Terminator.Kind == ActorKind.Return)
                blocks[block].Connect(after);
        }
        // Edges were added in another order than the callee's: merges follow.
        foreach ((Block block, Block copy) in blocks)
            SortPredecessors(block, copy, blocks);
        Actor result = results.Count == 1 ? results[0] : graph.NewActor(ActorKind.Merge, call.Slot, [.. results]);
        if (results.Count != 1)
            after.Insert(0, result);
        call.ReplaceWith(result);
        before.Remove(call);
        before.Append(graph.NewActor(ActorKind.Goto, call.Slot));
        before.Connect(blocks[callee.Entry]);
    }

    private static Actor Copy(Actor actor, int frame)
    {
        Actor copy = actor.Copy();
        if (actor.Kind == ActorKind.Return)
            copy.Kind = ActorKind.Goto;
        copy.Frame = actor.Frame + frame;
        return copy;
    }

    private static void CopyInputs(Actor actor, Dictionary<Actor, Actor> actors)
    {
        foreach (Actor input in actor.Inputs)
            actors[actor].AddInput(actors[input]);
    }

    private static void SortPredecessors(Block block, Block copy, Dictionary<Block, Block> blocks)
    {
        copy.PredecessorList.Clear();
        foreach (Edge edge in block.Predecessors)
            copy.PredecessorList.Add(new Edge(blocks[edge.From], edge.Exit));
    }

    /// <summary>Moves what stands behind a call to a block of its own.</summary>
    private static Block Split(Block block, Actor call)
    {
        Block after = block.Function.NewBlock(call.Slot);
        int position = block.List.IndexOf(call) + 1;
        foreach (Actor actor in block.List.Skip(position).ToArray())
        {
            block.List.Remove(actor);
            after.Append(actor);
        }
        for (int exit = 0; exit < block.Exits.Count; exit++)
        {
            Block target = block.Exits[exit];
            target.PredecessorList[target.PredecessorIndex(block, exit)] = new Edge(after, exit);
            after.Exits.Add(target);
        }
        block.Exits.Clear();
        return after;
    }
}
