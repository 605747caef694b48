namespace Headrace.Dataflow;

/// <summary>Drops branches that are decided or lead to one place, and blocks that only lead on.</summary>
internal sealed class SimplifyBranches : IPass
{
    public string Name => "simplify-branches";

    public string Summary => "decided branches and empty blocks go";

    public int Run(Graph graph) => graph.List.Sum(function => DropDecided(function) + DropEmpty(function));

    private static int DropDecided(GraphFunction function)
    {
        int changes = 0;
        foreach (Block block in function.List)
        {
            Actor branch = block.Terminator;
            if (branch.Kind != ActorKind.Branch)
                continue;
            ValueFacts facts = branch.Inputs[0].Facts;
            int dropped = facts.Min > 0 ? 1 : facts.Max == 0 ? 0 : block.Exits[0] == block.Exits[1] && IsSame(block) ? 1 : -1;
            if (dropped < 0)
                continue;
            block.RemoveExit(dropped);
            branch.ClearInputs();
            branch.Kind = ActorKind.Goto;
            changes++;
        }
        if (changes > 0)
            function.Arrange();
        return changes;
    }

    // Both exits lead to one block: they differ only when its merges tell them apart.
    private static bool IsSame(Block block)
    {
        Block next = block.Exits[0];
        int first = next.PredecessorIndex(block, 0), second = next.PredecessorIndex(block, 1);
        return next.Merges.All(merge => merge.Inputs[first] == merge.Inputs[second]);
    }

    private static int DropEmpty(GraphFunction function)
    {
        int changes = 0;
        foreach (Block block in function.List)
        {
            if (block.List.Count != 1 || block.Terminator.Kind != ActorKind.Goto || block == function.Entry)
                continue;
            Block next = block.Exits[0];
            // A loop keeps the block that closes it: its slot says what a round costs.
            if (next == block || next.Index <= block.Index)
                continue;
            int way = next.PredecessorIndex(block, 0);
            Actor[] inputs = [.. next.Merges.Select(merge => merge.Inputs[way])];
            foreach (Edge edge in block.Predecessors.ToArray())
            {
                edge.From.Redirect(edge.Exit, next);
                int i = 0;
                foreach (Actor merge in next.Merges)
                    merge.AddInput(inputs[i++]);
                changes++;
            }
        }
        if (changes > 0)
            function.Arrange();
        return changes;
    }
}
