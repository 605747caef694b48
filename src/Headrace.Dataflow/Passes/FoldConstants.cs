using Headrace.Bytecode;

namespace Headrace.Dataflow;

/// <summary>Replaces what facts decide by constants, drops arithmetic that changes nothing, and gathers constants at one place.</summary>
internal sealed class FoldConstants : IPass
{
    public string Name => "fold-constants";

    public string Summary => "values that are known, and arithmetic that changes nothing, go";

    public int Run(Graph graph)
    {
        int changes = 0;
        foreach (Actor actor in graph.Snapshot())
        {
            if (actor.IsLiteral)
                continue;
            bool changed = actor.IsPure && actor.Kind != ActorKind.Parameter ? FoldPure(actor) : FoldAddress(actor) || FoldLoad(actor);
            changes += changed ? 1 : 0;
        }
        return changes;
    }

    private static bool FoldPure(Actor actor)
    {
        if (actor.Facts is { Constant: { } value, Pointer.Kind: PointerKind.None })
        {
            actor.Become(actor.Constant(value));
            return true;
        }
        if (actor.Inputs.Count == 2 && MoveConstantRight(actor))
            return true;
        if (Same(actor) is { } same)
        {
            actor.Become(same);
            return true;
        }
        return Gather(actor) || GatherAddress(actor) || FoldComparison(actor);
    }

    private static bool MoveConstantRight(Actor actor)
    {
        (Actor a, Actor b) = (actor.Inputs[0], actor.Inputs[1]);
        if (a.Kind != ActorKind.Constant || b.Kind == ActorKind.Constant)
            return false;
        if (actor.Kind == ActorKind.Compare)
            actor.Condition = Rewriting.Mirrored(actor.Condition);
        else if (!Rewriting.IsCommutative(actor.Kind))
            return false;
        actor.SetInput(0, b);
        actor.SetInput(1, a);
        return true;
    }

    /// <summary>The value an actor gives unchanged; null when it changes any.</summary>
    private static Actor? Same(Actor actor)
    {
        Actor a = actor.Inputs[0];
        bool keeps = !actor.Is32 || a.Facts.Max <= uint.MaxValue;
        ulong width = actor.Is32 ? uint.MaxValue : ulong.MaxValue;
        ulong? b = actor.ConstantInput(1) & width;
        switch (actor.Kind)
        {
            case ActorKind.Add or ActorKind.Subtract or ActorKind.Or or ActorKind.Xor or ActorKind.ShiftLeft or ActorKind.ShiftRight or ActorKind.ShiftRightSigned when b == 0:
            case ActorKind.Multiply or ActorKind.Divide when b == 1:
                return keeps ? a : actor.Extended(a, 4);
            case ActorKind.And when b is { } mask && (~a.Facts.Zeros & width & ~mask) == 0:
                return keeps ? a : actor.Extended(a, 4);
            case ActorKind.Or when b is { } ones && keeps && (ones & ~a.Facts.Ones) == 0:
                return a;
            case ActorKind.Extend when a.Facts.Max <= Rewriting.Mask(actor.Size) && (!actor.Signed || a.Facts.Max <= Rewriting.Mask(actor.Size) >> 1):
                return a;
            case ActorKind.Select when actor.Inputs[1] == actor.Inputs[2]:
                return actor.Inputs[1];
            case ActorKind.Select when a.Facts.Min > 0:
                return actor.Inputs[1];
            case ActorKind.Select when a.Facts.Max == 0:
                return actor.Inputs[2];
            case ActorKind.Subtract or ActorKind.Xor when a == actor.Inputs[1]:
                return actor.Constant(0);
            default:
                return null;
        }
    }

    /// <summary>(x + 1) + 2 becomes x + 3, x - 1 becomes x + -1.</summary>
    private static bool Gather(Actor actor)
    {
        if (actor.ConstantInput(1) is not { } constant)
            return false;
        if (actor.Kind == ActorKind.Subtract)
        {
            actor.Kind = ActorKind.Add;
            actor.SetInput(1, actor.Constant(actor.Is32 ? (uint)-(int)constant : 0 - constant));
            return true;
        }
        Actor inner = actor.Inputs[0];
        if (inner.Kind != actor.Kind || inner.Is32 != actor.Is32 || inner.ConstantInput(1) is not { } other
            || actor.Kind is not (ActorKind.Add or ActorKind.And or ActorKind.Or or ActorKind.Xor or ActorKind.Multiply))
        {
            return false;
        }
        ulong both = Evaluation.Compute(actor, constant, other);
        actor.SetInput(0, inner.Inputs[0]);
        actor.SetInput(1, actor.Constant(both));
        return true;
    }

    /// <summary>p + (x + 4) becomes (p + x) + 4: what is loaded near x has one address, at different displacements.</summary>
    private static bool GatherAddress(Actor actor)
    {
        if (actor is not { Kind: ActorKind.Add, Is32: false } || actor.Facts.Pointer.Kind == PointerKind.None)
            return false;
        for (int input = 0; input < 2; input++)
        {
            Actor index = actor.Inputs[input];
            if (index.Kind != ActorKind.Add || index.ConstantInput(1) is not { } distance || index.Facts.Pointer.Kind != PointerKind.None)
                continue;
            // 32 bits wrap around where the address would go on.
            if (index.Is32 && (index.Inputs[0].Facts.Max > uint.MaxValue || index.Inputs[0].Facts.Max + (uint)distance > uint.MaxValue))
                continue;
            Actor start = actor.Before(ActorKind.Add, actor.Inputs[1 - input], index.Inputs[0]);
            actor.SetInput(0, start);
            actor.SetInput(1, actor.Constant(index.Is32 ? (uint)distance : distance));
            return true;
        }
        return false;
    }

    /// <summary>A comparison of a comparison with 0 is the first, or its opposite.</summary>
    private static bool FoldComparison(Actor actor)
    {
        if (actor.Kind != ActorKind.Compare || actor.Inputs[0].Kind != ActorKind.Compare || actor.ConstantInput(1) != 0)
            return false;
        Actor inner = actor.Inputs[0];
        if (actor.Condition == JumpOp.Jne)
        {
            actor.Become(inner);
            return true;
        }
        if (actor.Condition != JumpOp.Jeq || Rewriting.Opposite(inner.Condition) is not { } opposite)
            return false;
        Actor replaced = actor.Before(ActorKind.Compare, inner.Inputs[0], inner.Inputs[1]);
        (replaced.Condition, replaced.Is32) = (opposite, inner.Is32);
        actor.Become(replaced);
        return true;
    }

    /// <summary>An address x + 4 becomes x with a displacement 4 more.</summary>
    private static bool FoldAddress(Actor actor)
    {
        bool changed = false;
        for (int input = 0; input < actor.Addresses; input++)
        {
            Actor address = actor.Inputs[input];
            if (address is not { Kind: ActorKind.Add, Is32: false } || address.ConstantInput(1) is not { } distance)
                continue;
            actor.SetInput(input, address.Inputs[0]);
            if (input == 0)
                actor.Immediate += (long)distance;
            else
                actor.Immediate2 += (long)distance;
            changed = true;
        }
        return changed;
    }

    // Constants in read-only maps, which the verifier has read. The load itself is dead then.
    private static bool FoldLoad(Actor actor)
    {
        if (actor is not { Kind: ActorKind.Load, Facts: { Constant: { } value, Pointer.Kind: PointerKind.None } } || actor.Users.Count == 0)
            return false;
        actor.ReplaceWith(actor.Constant(value));
        return true;
    }
}
