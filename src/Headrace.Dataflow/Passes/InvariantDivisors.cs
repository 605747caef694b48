namespace Headrace.Dataflow;

/// <summary>Divides by what stays the same in a loop by way of its reciprocal, which need not be computed in every round.</summary>
/// <remarks>
/// Of 32-bit numbers. With c = floor((2^64 - 1) / d) and (2^64 - 1) = c d + r, and n = q d + s, the product c (n + 1) / 2^64 is
/// (q + (s + 1) / d) (1 - (r + 1) / 2^64): below q + 1, and not below q since (n + 1) (r + 1) is at most 2^64, neither factor being more than 2^32.
/// The division of <see cref="ActorKind.Divide"/> by 0 gives c = 0: the quotient is 0 and the remainder n, as they are to be. Where d is at least 2,
/// c + 1 and n do as well, as in <see cref="ReduceStrength"/>.
/// The reciprocal is put where the division was: hoisting moves it, as anything else that does not change.
/// </remarks>
internal sealed class InvariantDivisors : IPass
{
    public string Name => "invariant-divisors";

    public string Summary => "division by what a loop does not change becomes multiplication";

    public int Run(Graph graph)
    {
        int changes = 0;
        foreach (GraphFunction function in graph.List)
        {
            if (!function.Actors.Any(actor => actor.Kind is ActorKind.Divide or ActorKind.Remainder))
                continue;
            var dominators = new Dominators(function);
            foreach (Loop loop in LoopAnalysis.Run(function))
                changes += Run(loop, dominators);
        }
        return changes;
    }

    private static int Run(Loop loop, Dominators dominators)
    {
        // In every round: what a rare way divides is better left there.
        Block[] always = [.. loop.Blocks.Where(block => loop.Head.Predecessors.All(edge => !loop.Blocks.Contains(edge.From) || dominators.Dominates(block, edge.From)))];
        int changes = 0;
        foreach (Actor division in always.SelectMany(block => block.List.ToArray()))
        {
            if (division.Kind is not (ActorKind.Divide or ActorKind.Remainder) || !IsShort(division) || division.Inputs[1] is not { IsLiteral: false } divisor
                || loop.Blocks.Contains(divisor.Block!))
            {
                continue;
            }
            division.Become(ByReciprocal(division));
            changes++;
        }
        return changes;
    }

    private static bool IsShort(Actor division) => division.Is32 || division.Inputs.All(input => input.Facts.Pointer.Kind == PointerKind.None && input.Facts.Max <= uint.MaxValue);

    private static Actor ByReciprocal(Actor division)
    {
        Actor number = Low(division, 0), divisor = Low(division, 1);
        Actor reciprocal = division.Before(ActorKind.Divide, division.Constant(ulong.MaxValue), divisor);
        Actor one = division.Constant(1);
        Actor quotient = divisor == division.Inputs[1] && divisor.Facts.Min > 1
            ? division.Before(ActorKind.MultiplyHigh, number, division.Before(ActorKind.Add, reciprocal, one))
            : division.Before(ActorKind.MultiplyHigh, division.Before(ActorKind.Add, number, one), reciprocal);
        return division.Kind == ActorKind.Divide ? quotient
            : division.Before(ActorKind.Subtract, number, division.Before(ActorKind.Multiply, quotient, divisor));
    }

    private static Actor Low(Actor division, int input)
    {
        Actor value = division.Inputs[input];
        return value.Facts.Max <= uint.MaxValue && value.Facts.Pointer.Kind == PointerKind.None ? value : division.Extended(value, 4);
    }
}
