using Headrace.Bytecode;

namespace Headrace.Dataflow;

/// <summary>The small steps that passes are made of.</summary>
internal static class Rewriting
{
    /// <summary>Every actor with its block, in an order in which inputs come before users but for loops; actors may be replaced meanwhile.</summary>
    public static IEnumerable<Actor> Snapshot(this Graph graph) => graph.List.SelectMany(Snapshot);

    /// <summary>Every actor of a function; those that are removed meanwhile are left out.</summary>
    public static IEnumerable<Actor> Snapshot(this GraphFunction function) =>
        function.List.ToArray().SelectMany(block => block.List.ToArray()).Where(actor => actor.Block is not null);

    /// <summary>Makes an actor before another, with its slot.</summary>
    public static Actor Before(this Actor place, ActorKind kind, params ReadOnlySpan<Actor> inputs)
    {
        Block block = place.Block!;
        Actor actor = block.Function.Graph.NewActor(kind, place.Slot, inputs);
        actor.Frame = place.Frame;
        // Merges stay at the head.
        if (place.Kind == ActorKind.Merge)
            block.Insert(block.MergeCount, actor);
        else
            block.InsertBefore(place, actor);
        return actor;
    }

    /// <summary>The same for 32- or 64-bit arithmetic.</summary>
    public static Actor Arithmetic(this Actor place, ActorKind kind, bool is32, params ReadOnlySpan<Actor> inputs)
    {
        Actor actor = place.Before(kind, inputs);
        actor.Is32 = is32;
        return actor;
    }

    /// <summary>The low bytes of a value, zeros or the sign above.</summary>
    public static Actor Extended(this Actor place, Actor value, int size, bool signed = false, bool to32 = false)
    {
        if (size == 8)
            return value;
        Actor actor = place.Before(ActorKind.Extend, value);
        (actor.Size, actor.Signed, actor.Is32) = (size, signed, to32);
        return actor;
    }

    /// <summary>The low bytes of a value in the opposite order.</summary>
    public static Actor Swapped(this Actor place, Actor value, int size)
    {
        Actor actor = place.Before(ActorKind.ByteSwap, value);
        actor.Size = size;
        return actor;
    }

    /// <summary>Makes an actor that does what another does, without inputs yet and in no block, with what is proved of it.</summary>
    public static Actor Copy(this Actor actor)
    {
        Actor copy = actor.Block!.Function.Graph.NewActor(actor.Kind, actor.Slot);
        (copy.Is32, copy.Signed, copy.Size, copy.Length) = (actor.Is32, actor.Signed, actor.Size, actor.Length);
        (copy.Immediate, copy.Immediate2, copy.Condition, copy.AtomicOp) = (actor.Immediate, actor.Immediate2, actor.Condition, actor.AtomicOp);
        (copy.Helper, copy.Map, copy.Expansion, copy.Proved) = (actor.Helper, actor.Map, actor.Expansion, actor.Proved);
        (copy.Frame, copy.Effects, copy.IsCombined) = (actor.Frame, actor.Effects, actor.IsCombined);
        return copy;
    }

    /// <summary>A constant of the function an actor is in.</summary>
    public static Actor Constant(this Actor place, ulong value) => place.Block!.Function.Constant(value);

    /// <summary>Gives an actor's users another one, and takes it out.</summary>
    public static void Become(this Actor actor, Actor other)
    {
        actor.ReplaceWith(other);
        actor.Block!.Remove(actor);
    }

    /// <summary>The constant an input is, or null.</summary>
    public static ulong? ConstantInput(this Actor actor, int input) =>
        input < actor.Inputs.Count && actor.Inputs[input].Kind == ActorKind.Constant ? (ulong)actor.Inputs[input].Immediate : null;

    /// <summary>The greatest value of so many bytes.</summary>
    public static ulong Mask(int size) => ulong.MaxValue >> (64 - size * 8);

    /// <summary>The comparison that holds where the other does not; null for bits in common, which has none.</summary>
    public static JumpOp? Opposite(JumpOp condition) => condition switch
    {
        JumpOp.Jeq => JumpOp.Jne,
        JumpOp.Jne => JumpOp.Jeq,
        JumpOp.Jgt => JumpOp.Jle,
        JumpOp.Jle => JumpOp.Jgt,
        JumpOp.Jge => JumpOp.Jlt,
        JumpOp.Jlt => JumpOp.Jge,
        JumpOp.Jsgt => JumpOp.Jsle,
        JumpOp.Jsle => JumpOp.Jsgt,
        JumpOp.Jsge => JumpOp.Jslt,
        JumpOp.Jslt => JumpOp.Jsge,
        _ => null,
    };

    /// <summary>The comparison with its sides exchanged.</summary>
    public static JumpOp Mirrored(JumpOp condition) => condition switch
    {
        JumpOp.Jgt => JumpOp.Jlt,
        JumpOp.Jlt => JumpOp.Jgt,
        JumpOp.Jge => JumpOp.Jle,
        JumpOp.Jle => JumpOp.Jge,
        JumpOp.Jsgt => JumpOp.Jslt,
        JumpOp.Jslt => JumpOp.Jsgt,
        JumpOp.Jsge => JumpOp.Jsle,
        JumpOp.Jsle => JumpOp.Jsge,
        _ => condition,
    };

    /// <summary>True when the two sides may change places.</summary>
    public static bool IsCommutative(ActorKind kind) => kind is ActorKind.Add or ActorKind.Multiply or ActorKind.MultiplyHigh or ActorKind.And or ActorKind.Or or ActorKind.Xor;
}
