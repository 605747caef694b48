namespace Headrace.Dataflow;

/// <summary>Proves ranges, known bits and pointers of every token of a function.</summary>
internal static class FactAnalysis
{
    // Rounds after which bounds that still move are given up, and after which known bits are.
    private const int WidenRanges = 3;
    private const int WidenBits = 8;

    // Nothing should move so long; this many rounds end it whatever happens.
    private const int GiveUp = 64;

    /// <summary>Sets <see cref="Actor.Facts"/>.</summary>
    public static void Run(GraphFunction function)
    {
        bool loops = false;
        foreach (Block block in function.List)
        {
            loops |= block.IsLoopHead;
            foreach (Actor actor in block.List)
                actor.HasFacts = false;
        }
        // In the order of the blocks inputs come first: only loops need a second look, at the blocks that take what has changed.
        var waits = new bool[function.List.Count];
        Array.Fill(waits, true);
        bool changed = true;
        for (int round = 0; changed && (loops || round == 0); round++)
        {
            changed = false;
            foreach (Block block in function.List)
            {
                if (!waits[block.Index])
                    continue;
                waits[block.Index] = false;
                foreach (Actor actor in block.List)
                {
                    if (!Look(actor, round))
                        continue;
                    changed = true;
                    if (loops)
                        Ask(actor, round, waits);
                }
            }
        }
    }

    private static void Ask(Actor actor, int round, bool[] waits)
    {
        // What was widened may have been too much.
        if (round >= WidenRanges && actor.Kind == ActorKind.Merge)
            waits[actor.Block!.Index] = true;
        foreach (Actor user in actor.Users)
        {
            if (user.Block != actor.Block || user.Kind == ActorKind.Merge)
                waits[user.Block!.Index] = true;
        }
    }

    private static bool Look(Actor actor, int round)
    {
        if (FactsOf(actor) is not { } after)
            return false;
        if (actor.Proved is { } proved)
            after = ValueFacts.Meet(after, proved);
        if (actor.HasFacts && round >= WidenRanges && actor.Kind == ActorKind.Merge)
            after = round < GiveUp ? Widen(actor.Facts, after, round) : ValueFacts.Anything;
        if (actor.HasFacts && actor.Facts == after)
            return false;
        actor.Facts = after;
        actor.HasFacts = true;
        return true;
    }

    private static ValueFacts Widen(in ValueFacts before, in ValueFacts after, int round)
    {
        bool bits = round >= WidenBits && (before.Zeros != after.Zeros || before.Ones != after.Ones);
        return new ValueFacts(
            after.Min < before.Min ? 0 : after.Min, after.Max > before.Max ? ulong.MaxValue : after.Max,
            bits ? 0 : after.Zeros & before.Zeros, bits ? 0 : after.Ones & before.Ones, after.Pointer);
    }

    // Null as long as nothing is known of an input: a loop's first round.
    private static ValueFacts? FactsOf(Actor actor)
    {
        if (actor.Kind == ActorKind.Merge)
        {
            ValueFacts? joined = null;
            foreach (Actor input in actor.Inputs)
            {
                if (input.HasFacts)
                    joined = joined is { } other ? ValueFacts.Join(other, input.Facts) : input.Facts;
            }
            return joined;
        }
        Span<ValueFacts> inputs = stackalloc ValueFacts[5];
        for (int i = 0; i < actor.Inputs.Count && i < inputs.Length; i++)
        {
            if (!actor.Inputs[i].HasFacts)
                return null;
            inputs[i] = actor.Inputs[i].Facts;
        }
        return Transfer.Of(actor, inputs);
    }
}
