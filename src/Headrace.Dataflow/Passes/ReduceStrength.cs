using System.Numerics;

namespace Headrace.Dataflow;

/// <summary>Replaces multiplication and division by constants: shifts for powers of two, the reciprocal for others.</summary>
/// <remarks>
/// With m = floor(2^64 / c) + 1 the product x * m is 2^64 * x / c plus at most x: below 2^32 that never reaches the next whole quotient
/// (Granlund and Montgomery, 1994).
/// </remarks>
internal sealed class ReduceStrength : IPass
{
    public string Name => "reduce-strength";

    public string Summary => "division and multiplication by constants become cheaper operations";

    public int Run(Graph graph)
    {
        int changes = 0;
        foreach (Actor actor in graph.Snapshot())
        {
            if (actor.ConstantInput(1) is not { } constant || Cheaper(actor, actor.Is32 ? (uint)constant : constant) is not { } cheaper)
                continue;
            actor.Become(cheaper);
            changes++;
        }
        return changes;
    }

    private static Actor? Cheaper(Actor actor, ulong constant)
    {
        Actor a = actor.Inputs[0];
        bool isPower = BitOperations.IsPow2(constant);
        ulong log = (ulong)BitOperations.Log2(constant);
        switch (actor.Kind)
        {
            case ActorKind.Multiply when isPower:
                return actor.Arithmetic(ActorKind.ShiftLeft, actor.Is32, a, actor.Constant(log));
            case ActorKind.Divide when isPower:
                return actor.Arithmetic(ActorKind.ShiftRight, actor.Is32, a, actor.Constant(log));
            case ActorKind.Remainder when isPower:
                return actor.Arithmetic(ActorKind.And, actor.Is32, a, actor.Constant(constant - 1));
            case ActorKind.Divide when IsShort(actor, constant):
                return Quotient(actor, constant);
            case ActorKind.Remainder when IsShort(actor, constant):
                Actor product = actor.Before(ActorKind.Multiply, Quotient(actor, constant), actor.Constant(constant));
                return actor.Before(ActorKind.Subtract, Dividend(actor), product);
            default:
                return null;
        }
    }

    private static bool IsShort(Actor actor, ulong constant) => constant is > 1 and <= uint.MaxValue && (actor.Is32 || actor.Inputs[0].Facts.Max <= uint.MaxValue);

    private static Actor Dividend(Actor actor) => actor.Inputs[0].Facts.Max <= uint.MaxValue ? actor.Inputs[0] : actor.Extended(actor.Inputs[0], 4);

    private static Actor Quotient(Actor actor, ulong constant) =>
        actor.Before(ActorKind.MultiplyHigh, Dividend(actor), actor.Constant(ulong.MaxValue / constant + 1));
}
