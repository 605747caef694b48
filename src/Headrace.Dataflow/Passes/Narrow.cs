using Headrace.Bytecode;

namespace Headrace.Dataflow;

/// <summary>Does in 32 bits what needs no more: because nobody looks at the upper half, or because it is zero on both sides.</summary>
/// <remarks>An NFP word and half the gates of an adder; and 32-bit instructions are shorter on x86-64.</remarks>
internal sealed class Narrow : IPass
{
    public string Name => "narrow";

    public string Summary => "64-bit arithmetic that needs 32 bits gets them";

    public int Run(Graph graph)
    {
        int changes = 0;
        GraphAnalysis.FindLiveBits(graph);
        foreach (Actor actor in graph.Snapshot())
        {
            if (actor.Is32 || !actor.IsPure || actor.Facts.Pointer.Kind != PointerKind.None || !MayNarrow(actor))
                continue;
            actor.Is32 = true;
            // The upper half is another now, where nobody looked at it.
            if (actor.Facts.Max > uint.MaxValue)
                actor.Proved = null;
            changes++;
        }
        return changes;
    }

    private static bool MayNarrow(Actor actor)
    {
        bool upperIsDead = actor.LiveBits <= uint.MaxValue;
        bool areSmall = actor.Inputs.All(input => input.Facts.Max <= uint.MaxValue && input.Facts.Pointer.Kind == PointerKind.None);
        return actor.Kind switch
        {
            ActorKind.Add or ActorKind.Subtract or ActorKind.Multiply or ActorKind.Negate => upperIsDead || (areSmall && actor.Facts.Max <= uint.MaxValue && actor.Kind != ActorKind.Negate),
            ActorKind.And or ActorKind.Or or ActorKind.Xor => upperIsDead || areSmall,
            ActorKind.ShiftLeft => actor.ConstantInput(1) < 32 && (upperIsDead || (areSmall && actor.Facts.Max <= uint.MaxValue)),
            ActorKind.ShiftRight => actor.ConstantInput(1) < 32 && areSmall,
            ActorKind.Divide or ActorKind.Remainder => areSmall,
            ActorKind.Compare => areSmall && (IsUnsigned(actor.Condition) || actor.Inputs.All(input => input.Facts.Max <= int.MaxValue)),
            _ => false,
        };
    }

    private static bool IsUnsigned(JumpOp condition) => condition is not (JumpOp.Jsgt or JumpOp.Jsge or JumpOp.Jslt or JumpOp.Jsle);
}
