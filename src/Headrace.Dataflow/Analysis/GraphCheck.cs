namespace Headrace.Dataflow;

/// <summary>Looks for what no pass may leave behind: tokens nobody makes, merges that do not fit, actors out of order.</summary>
internal static class GraphCheck
{
    /// <summary>The first thing that is wrong, or null.</summary>
    public static string? Find(Graph graph) => graph.List.Select(Find).FirstOrDefault(problem => problem is not null);

    private static string? Find(GraphFunction function)
    {
        for (int i = 0; i < function.List.Count; i++)
        {
            if (function.List[i].Index != i)
                return $"{function}: {function.List[i]} stands at {i} and is numbered {function.List[i].Index}";
        }
        var dominators = new Dominators(function);
        return function.List.Select(block => Shape(block) ?? Actors(block, dominators)).FirstOrDefault(problem => problem is not null);
    }

    private static string? Shape(Block block)
    {
        for (int exit = 0; exit < block.Exits.Count; exit++)
        {
            if (block.Exits[exit].PredecessorIndex(block, exit) < 0)
                return $"{block}: exit {exit} is not known to {block.Exits[exit]}";
        }
        foreach (Edge edge in block.Predecessors)
        {
            if (edge.Exit >= edge.From.Exits.Count || edge.From.Exits[edge.Exit] != block)
                return $"{block}: {edge.From} does not lead here by exit {edge.Exit}";
        }
        if (block.List.Count == 0 || !block.Terminator.IsTerminator)
            return $"{block} has no end";
        int exits = block.Terminator.Kind switch
        {
            ActorKind.Branch => 2,
            ActorKind.Return => 0,
            _ => 1,
        };
        return exits == block.Exits.Count ? null : $"{block} ends in {block.Terminator} and has {block.Exits.Count} exits";
    }

    private static string? Actors(Block block, Dominators dominators)
    {
        var before = new HashSet<Actor>();
        bool merges = true;
        for (int i = 0; i < block.List.Count; i++)
        {
            Actor actor = block.List[i];
            if (actor.Block != block)
                return $"{actor} in {block} believes to be in {actor.Block}";
            if (actor.IsTerminator != (i == block.List.Count - 1))
                return $"{block}: {actor} at {i} of {block.List.Count}";
            bool isMerge = actor.Kind == ActorKind.Merge;
            if (isMerge && !merges)
                return $"{block}: {actor} stands behind others";
            merges = isMerge || (merges && actor.IsLiteral);
            if (isMerge && actor.Inputs.Count != block.Predecessors.Count)
                return $"{block}: {actor} has {actor.Inputs.Count} inputs for {block.Predecessors.Count} ways in";
            for (int input = 0; input < actor.Inputs.Count; input++)
            {
                Actor from = actor.Inputs[input];
                if (!from.HasResult || from.Block is not { } origin || origin.Function != block.Function)
                    return $"{block}: {actor} takes the token of {from}, which makes none here";
                bool arrives = isMerge ? dominators.Dominates(origin, block.Predecessors[input].From)
                    : from.IsLiteral || before.Contains(from) || (origin != block && dominators.Dominates(origin, block));
                if (!arrives)
                    return $"{block}: the token of {from} ({origin}) does not always come to {actor}";
                if (!from.IsLiteral && from.Users.Count(user => user == actor) != actor.Inputs.Count(other => other == from))
                    return $"{block}: {from} does not know {actor} rightly";
            }
            before.Add(actor);
        }
        return null;
    }
}
