using System.Buffers.Binary;
using Headrace.Bytecode;

namespace Headrace.Dataflow;

/// <summary>Joins shifts, byte swaps and extensions that follow each other; compares swapped values with swapped constants instead.</summary>
internal sealed class CombineShifts : IPass
{
    public string Name => "combine-shifts";

    public string Summary => "shifts, byte swaps and extensions in a row become one";

    public int Run(Graph graph)
    {
        int changes = 0;
        GraphAnalysis.FindLiveBits(graph);
        foreach (Actor actor in graph.Snapshot())
        {
            if (Better(actor) is not { } better)
                continue;
            actor.Become(better);
            changes++;
        }
        return changes;
    }

    private static Actor? Better(Actor actor) => actor.Kind switch
    {
        ActorKind.ShiftRight or ActorKind.ShiftRightSigned or ActorKind.ShiftLeft => Shift(actor),
        ActorKind.Extend => Extend(actor),
        ActorKind.ByteSwap => Swap(actor),
        ActorKind.And => And(actor),
        ActorKind.Or => Or(actor),
        ActorKind.Compare => Compare(actor),
        _ => null,
    };

    private static Actor? Shift(Actor actor)
    {
        int width = actor.Is32 ? 32 : 64;
        Actor inner = actor.Inputs[0];
        if (actor.ConstantInput(1) is not { } amount)
            return null;
        int by = (int)amount & (width - 1);
        if (inner.Kind == ActorKind.ByteSwap && !actor.Is32 && actor.Kind == ActorKind.ShiftRight && (inner.Size, by) is (8, 48) or (8, 32) or (4, 16))
            return actor.Swapped(inner.Inputs[0], inner.Size - by / 8);
        if (inner.Is32 != actor.Is32 || inner.ConstantInput(1) is not { } innerAmount)
            return null;
        int innerBy = (int)innerAmount & (width - 1);
        if (inner.Kind == actor.Kind && actor.Kind != ActorKind.ShiftRightSigned)
        {
            return by + innerBy >= width ? actor.Constant(0)
                : actor.Arithmetic(actor.Kind, actor.Is32, inner.Inputs[0], actor.Constant((ulong)(by + innerBy)));
        }
        if (inner.Kind != ActorKind.ShiftLeft || by != innerBy || by == 0)
            return null;
        int left = width - by;
        if (actor.Kind == ActorKind.ShiftRight)
            return actor.Arithmetic(ActorKind.And, actor.Is32, inner.Inputs[0], actor.Constant(ulong.MaxValue >> (64 - left)));
        return actor.Kind == ActorKind.ShiftRightSigned && left is 8 or 16 or 32 ? actor.Extended(inner.Inputs[0], left / 8, signed: true, actor.Is32) : null;
    }

    private static Actor? Extend(Actor actor)
    {
        Actor inner = actor.Inputs[0];
        if (inner.Kind == ActorKind.Extend && inner.Size >= actor.Size && !inner.Is32)
            return actor.Extended(inner.Inputs[0], actor.Size, actor.Signed, actor.Is32);
        // 32-bit results are zero above already; wider arithmetic of which only the low half counts can be done in 32 bits.
        return null;
    }

    private static Actor? Swap(Actor actor)
    {
        Actor inner = actor.Inputs[0];
        if (inner.Kind == ActorKind.ByteSwap && inner.Size == actor.Size)
            return actor.Extended(inner.Inputs[0], actor.Size);
        return inner.Kind == ActorKind.Extend && inner.Size >= actor.Size && !inner.Is32 ? actor.Swapped(inner.Inputs[0], actor.Size) : null;
    }

    // A mask of whole bytes is an extension: wires, where a mask is logic.
    private static Actor? And(Actor actor) => actor.ConstantInput(1) switch
    {
        0xff => actor.Extended(actor.Inputs[0], 1),
        0xffff => actor.Extended(actor.Inputs[0], 2),
        0xffff_ffff => actor.Extended(actor.Inputs[0], 4),
        _ => null,
    };

    // (x << 8) | (x >> 8) of 16 bits, in either order.
    private static Actor? Or(Actor actor)
    {
        (Actor left, Actor right) = (actor.Inputs[0], actor.Inputs[1]);
        if (left.Kind == ActorKind.ShiftRight)
            (left, right) = (right, left);
        bool isSwap = left.Kind == ActorKind.ShiftLeft && right.Kind == ActorKind.ShiftRight && left.ConstantInput(1) == 8 && right.ConstantInput(1) == 8
            && left.Inputs[0] == right.Inputs[0] && left.Inputs[0].Facts.Max <= ushort.MaxValue && (actor.LiveBits & ~0xfffful) == 0;
        return isSwap ? actor.Swapped(left.Inputs[0], 2) : null;
    }

    private static Actor? Compare(Actor actor)
    {
        Actor swap = actor.Inputs[0];
        if (swap.Kind != ActorKind.ByteSwap || actor.Condition is not (JumpOp.Jeq or JumpOp.Jne) || actor.ConstantInput(1) is not { } constant)
            return null;
        if (actor.Is32)
            constant = (uint)constant;
        if (constant > Rewriting.Mask(swap.Size) || (actor.Is32 && swap.Size == 8))
            return null;
        ulong swapped = BinaryPrimitives.ReverseEndianness(constant) >> (64 - swap.Size * 8);
        Actor compare = actor.Before(ActorKind.Compare, actor.Extended(swap.Inputs[0], swap.Size), actor.Constant(swapped));
        (compare.Condition, compare.Is32) = (actor.Condition, actor.Is32);
        return compare;
    }
}
