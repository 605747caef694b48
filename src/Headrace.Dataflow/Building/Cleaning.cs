namespace Headrace.Dataflow;

/// <summary>Takes away what carries no meaning: merges of one value, values nobody takes, blocks that only continue another.</summary>
/// <remarks>Done after building and after each pass; it is no pass because every later step counts on it.</remarks>
internal static class Cleaning
{
    /// <summary>Cleans every function.</summary>
    /// <returns>Actors removed.</returns>
    public static int Run(Graph graph) => graph.List.Sum(Run);

    /// <summary>Cleans a function.</summary>
    public static int Run(GraphFunction function)
    {
        function.Arrange();
        int before = function.List.Sum(block => block.List.Count);
        RemoveTrivialMerges(function);
        JoinBlocks(function);
        RemoveDead(function);
        return before - function.List.Sum(block => block.List.Count);
    }

    private static void RemoveTrivialMerges(GraphFunction function)
    {
        var open = new Queue<Actor>(function.List.SelectMany(block => block.Merges));
        while (open.TryDequeue(out Actor? merge))
        {
            if (merge.Block is null || OnlyInput(merge) is not { } only)
                continue;
            Actor[] affected = [.. merge.Users.Where(user => user.Kind == ActorKind.Merge && user != merge)];
            merge.ReplaceWith(only);
            merge.Block.Remove(merge);
            foreach (Actor user in affected)
                open.Enqueue(user);
        }
    }

    /// <summary>The one value a merge can have; null when there are several.</summary>
    private static Actor? OnlyInput(Actor merge)
    {
        Actor? only = null;
        foreach (Actor input in merge.Inputs)
        {
            if (input == merge || input == only)
                continue;
            if (only is not null)
                return null;
            only = input;
        }
        return only;
    }

    /// <summary>Appends a block that can only follow one other to that.</summary>
    private static void JoinBlocks(GraphFunction function)
    {
        bool joined = false;
        foreach (Block block in function.List)
        {
            while (block.List.Count > 0 && block.Terminator.Kind == ActorKind.Goto && block.Exits[0] is var next
                && next.PredecessorList.Count == 1 && next != block && next != function.Entry && MayJoin(block, next))
            {
                block.Remove(block.Terminator);
                block.RemoveExit(0);
                foreach (Actor actor in next.List.ToArray())
                    block.Append(actor);
                next.List.Clear();
                for (int exit = 0; exit < next.Exits.Count; exit++)
                {
                    Block target = next.Exits[exit];
                    target.PredecessorList[target.PredecessorIndex(next, exit)] = new Edge(block, exit);
                    block.Exits.Add(target);
                }
                next.Exits.Clear();
                joined = true;
            }
        }
        if (joined)
            function.Arrange();
    }

    // Where nobody has proved that loops end, they are counted at the jumps backward: those stay.
    private static bool MayJoin(Block block, Block next) => block.List.Count + next.List.Count <= Block.MaxLength
        && (block.Function.Graph.IsVerified || block == block.Function.Entry || next.Slot > block.Terminator.Slot);

    private static void RemoveDead(GraphFunction function)
    {
        // What ordered actors and terminators need, directly or not; merges that only feed each other are not among it.
        var open = new Stack<Actor>();
        foreach (Block block in function.List)
        {
            foreach (Actor actor in block.List)
                actor.IsNeeded = false;
        }
        foreach (Block block in function.List)
        {
            foreach (Actor actor in block.List)
            {
                if (!actor.IsPure)
                    Need(actor);
            }
        }
        while (open.TryPop(out Actor? actor))
        {
            foreach (Actor input in actor.Inputs)
                Need(input);
        }
        foreach (Block block in function.List)
        {
            bool drops = false;
            foreach (Actor actor in block.List)
            {
                if (actor.IsNeeded)
                    continue;
                actor.ClearInputs();
                actor.Block = null;
                drops = true;
            }
            if (drops)
                block.List.RemoveAll(actor => actor.Block is null);
        }

        void Need(Actor actor)
        {
            if (actor.IsNeeded)
                return;
            actor.IsNeeded = true;
            open.Push(actor);
        }
    }
}
