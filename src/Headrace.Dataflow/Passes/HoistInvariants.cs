namespace Headrace.Dataflow;

/// <summary>Moves computation that gives the same in every round of a loop in front of it.</summary>
internal sealed class HoistInvariants : IPass
{
    public string Name => "hoist-invariants";

    public string Summary => "what is the same in every round is computed before the loop";

    public int Run(Graph graph) => graph.List.Sum(Run);

    private static int Run(GraphFunction function)
    {
        int changes = 0;
        var dominators = new Dominators(function);
        foreach (Loop loop in LoopAnalysis.Run(function))
        {
            Edge[] before = [.. loop.Head.Predecessors.Where(edge => !loop.Blocks.Contains(edge.From))];
            if (before.Length != 1)
                continue;
            Block target = before[0].From;
            // A loop with a second way in has blocks that control reaches past the one in front.
            foreach (Block block in function.List.Where(block => loop.Blocks.Contains(block) && dominators.Dominates(target, block)))
            {
                foreach (Actor actor in block.List.ToArray())
                {
                    if (!actor.IsPure || actor.IsLiteral || actor.Kind is ActorKind.Merge or ActorKind.Parameter
                        || actor.Inputs.Any(input => !input.IsLiteral && loop.Blocks.Contains(input.Block!)))
                    {
                        continue;
                    }
                    block.List.Remove(actor);
                    target.InsertLast(actor);
                    actor.Proved = null;
                    changes++;
                }
            }
        }
        return changes;
    }
}
