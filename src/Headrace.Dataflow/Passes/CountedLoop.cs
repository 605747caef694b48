namespace Headrace.Dataflow;

/// <summary>A loop of one block whose number of rounds is known: a counter starts at a constant, and what it is alone decides whether a round follows.</summary>
/// <param name="Body">The block; a block that does nothing may lead back to it.</param>
/// <param name="Exit">The exit of the block by which another round begins.</param>
/// <param name="Back">The way into the block by which it does.</param>
/// <param name="Trips">How many rounds there are.</param>
internal sealed record CountedLoop(Block Body, int Exit, int Back, int Trips)
{
    // Operations between the counter and the comparison.
    private const int MaxDepth = 4;

    /// <summary>Looks at a loop.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="steps">Rounds that may be counted; those that were are taken off.</param>
    /// <returns>Null when its rounds are not known.</returns>
    public static CountedLoop? Find(Loop loop, ref int steps)
    {
        Block body = loop.Head;
        if (body == body.Function.Entry || body.Terminator.Kind != ActorKind.Branch || loop.Blocks.Any(block => block != body && !LeadsBack(block, body)))
            return null;
        int exit = loop.Blocks.Contains(body.Exits[0]) ? 0 : 1;
        if (!loop.Blocks.Contains(body.Exits[exit]) || loop.Blocks.Contains(body.Exits[1 - exit]))
            return null;
        int back = body.Exits[exit] == body ? body.PredecessorIndex(body, exit) : body.PredecessorIndex(body.Exits[exit], 0);
        Actor condition = body.Terminator.Inputs[0];
        Actor? counter = null;
        if (back < 0 || !DependsOn(condition, body, ref counter, MaxDepth) || counter is null || StartOf(counter, back) is not { } start)
            return null;
        Actor next = counter.Inputs[back];
        Actor? other = counter;
        if (!DependsOn(next, body, ref other, MaxDepth))
            return null;
        ulong value = start;
        for (int trips = 1; steps > 0; trips++, steps--)
        {
            if (Value(condition, counter, value) != 0 == (exit == 1))
                return new CountedLoop(body, exit, back, trips);
            value = Value(next, counter, value);
        }
        return null;
    }

    private static bool LeadsBack(Block block, Block to) =>
        block.List.Count == 1 && block.Terminator.Kind == ActorKind.Goto && block.Exits[0] == to && block.Predecessors.Count == 1;

    /// <summary>True when a token is computed from constants and one merge of the block alone.</summary>
    private static bool DependsOn(Actor actor, Block body, ref Actor? counter, int depth)
    {
        if (actor.Kind == ActorKind.Constant)
            return true;
        if (actor.Block != body || depth == 0)
            return false;
        if (actor.Kind == ActorKind.Merge)
        {
            counter ??= actor;
            return counter == actor;
        }
        if (!actor.IsPure || actor.IsLiteral || actor.Kind == ActorKind.Parameter)
            return false;
        foreach (Actor input in actor.Inputs)
        {
            if (!DependsOn(input, body, ref counter, depth - 1))
                return false;
        }
        return true;
    }

    // What the counter holds on every way into the loop.
    private static ulong? StartOf(Actor counter, int back)
    {
        Actor? start = null;
        for (int way = 0; way < counter.Inputs.Count; way++)
        {
            if (way == back)
                continue;
            start ??= counter.Inputs[way];
            if (counter.Inputs[way] != start)
                return null;
        }
        return start is { Kind: ActorKind.Constant } ? (ulong)start.Immediate : null;
    }

    private static ulong Value(Actor actor, Actor counter, ulong value)
    {
        if (actor == counter)
            return value;
        if (actor.Kind == ActorKind.Constant)
            return (ulong)actor.Immediate;
        ulong a = Value(actor.Inputs[0], counter, value);
        ulong b = actor.Inputs.Count > 1 ? Value(actor.Inputs[1], counter, value) : 0;
        return Evaluation.Compute(actor, a, b, actor.Inputs.Count > 2 ? Value(actor.Inputs[2], counter, value) : 0);
    }
}
