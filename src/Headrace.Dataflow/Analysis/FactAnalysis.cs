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
        var facts = new Dictionary<Actor, ValueFacts>();
        bool changed = true;
        for (int round = 0; changed; round++)
        {
            changed = false;
            foreach (Block block in function.List)
            {
                foreach (Actor actor in block.List)
                {
                    bool known = facts.TryGetValue(actor, out ValueFacts before);
                    if (FactsOf(actor, facts) is not { } after)
                        continue;
                    if (actor.Proved is { } proved)
                        after = ValueFacts.Meet(after, proved);
                    if (known && round >= WidenRanges && actor.Kind == ActorKind.Merge)
                        after = round < GiveUp ? Widen(before, after, round) : ValueFacts.Anything;
                    if (known && before == after)
                        continue;
                    facts[actor] = actor.Facts = after;
                    changed = true;
                }
            }
        }
    }

    private static ValueFacts Widen(in ValueFacts before, in ValueFacts after, int round)
    {
        bool bits = round >= WidenBits && (before.Zeros != after.Zeros || before.Ones != after.Ones);
        return new ValueFacts(
            after.Min < before.Min ? 0 : after.Min, after.Max > before.Max ? ulong.MaxValue : after.Max,
            bits ? 0 : after.Zeros & before.Zeros, bits ? 0 : after.Ones & before.Ones, after.Pointer);
    }

    // Null as long as nothing is known of an input: a loop's first round.
    private static ValueFacts? FactsOf(Actor actor, Dictionary<Actor, ValueFacts> facts)
    {
        if (actor.Kind == ActorKind.Merge)
        {
            ValueFacts? joined = null;
            foreach (Actor input in actor.Inputs)
            {
                if (facts.TryGetValue(input, out ValueFacts fact))
                    joined = joined is { } other ? ValueFacts.Join(other, fact) : fact;
            }
            return joined;
        }
        Span<ValueFacts> inputs = stackalloc ValueFacts[5];
        for (int i = 0; i < actor.Inputs.Count && i < inputs.Length; i++)
        {
            if (!facts.TryGetValue(actor.Inputs[i], out inputs[i]))
                return null;
        }
        return Transfer.Of(actor, inputs);
    }
}
