namespace Headrace.Dataflow;

/// <summary>Finds loops: the blocks from which control comes back to a head without leaving.</summary>
internal static class LoopAnalysis
{
    // Blocks of all loops together: of thousands of loops in each other the inner ones are left.
    private const int MostBlocks = 1 << 18;

    /// <summary>Sets the loop depth of every block.</summary>
    /// <returns>The loops, outer before inner.</returns>
    public static List<Loop> Run(GraphFunction function)
    {
        var loops = new List<Loop>();
        int blocks = 0;
        foreach (Block block in function.List)
            block.LoopDepth = 0;
        foreach (Block head in function.List)
        {
            if (!head.IsLoopHead || blocks > MostBlocks)
                continue;
            var body = new HashSet<Block> { head };
            var open = new Stack<Block>(head.Predecessors.Where(edge => edge.From.Index >= head.Index).Select(edge => edge.From));
            while (open.TryPop(out Block? block))
            {
                // A block before the head in a loop means a second way in: it is no part of what the head governs.
                if (block.Index < head.Index || !body.Add(block))
                    continue;
                foreach (Edge edge in block.Predecessors)
                    open.Push(edge.From);
            }
            foreach (Block block in body)
                block.LoopDepth++;
            blocks += body.Count;
            loops.Add(new Loop(head, body));
        }
        return loops;
    }
}
