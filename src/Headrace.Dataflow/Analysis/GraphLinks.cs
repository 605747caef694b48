namespace Headrace.Dataflow;

/// <summary>The links of a function.</summary>
public static class GraphLinks
{
    /// <summary>Every link: values from input to user, order inside blocks, control from terminators to the blocks they activate.</summary>
    /// <remarks>Between blocks, the order of a region follows control: what a block touches is done before a later block touches it.</remarks>
    public static IEnumerable<Link> Of(GraphFunction function)
    {
        ulong written = Written(function);
        foreach (Block block in function.Blocks)
        {
            foreach (Actor actor in block.Actors)
            {
                for (int input = 0; input < actor.Inputs.Count; input++)
                    yield return new Link(actor.Inputs[input], actor, LinkKind.Value, input);
            }
            foreach (OrderNeeds needs in new BlockOrder(block, written).Needs)
            {
                foreach ((Actor before, ulong regions) in needs.Before)
                    yield return new Link(before, needs.Actor, LinkKind.Order, 0, regions);
            }
            for (int exit = 0; exit < block.Exits.Count; exit++)
                yield return new Link(block.Terminator, block.Exits[exit].List[0], LinkKind.Control, exit);
        }
    }

    /// <summary>Regions that a function writes.</summary>
    internal static ulong Written(GraphFunction function)
    {
        ulong written = 0;
        foreach (Block block in function.List)
        {
            foreach (Actor actor in block.List)
                written |= actor.Effects.Writes;
        }
        return written;
    }
}
