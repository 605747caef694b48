using Headrace.Bytecode;

namespace Headrace.Dataflow;

/// <summary>Decides comparisons that an earlier branch has decided: the same one again, and fewer bytes of the packet than were found there.</summary>
internal sealed class BoundsChecks : IPass
{
    // Blocks to look back over: in a switch of thousands of cases each would ask all before it.
    private const int FarthestBlock = 256;

    public string Name => "bounds-checks";

    public string Summary => "comparisons that earlier ones decide go";

    public int Run(Graph graph) => graph.List.Sum(Run);

    private static int Run(GraphFunction function)
    {
        int changes = 0;
        var dominators = new Dominators(function);
        foreach (Block block in function.List)
        {
            Actor branch = block.Terminator;
            if (branch.Kind != ActorKind.Branch || branch.Inputs[0].Kind == ActorKind.Constant || Decide(block, branch.Inputs[0], dominators) is not { } holds)
                continue;
            branch.SetInput(0, function.Constant(holds ? 1UL : 0));
            changes++;
        }
        return changes;
    }

    private static bool? Decide(Block block, Actor condition, Dominators dominators)
    {
        Block at = block;
        for (int distance = 0; at.Index != 0 && distance < FarthestBlock; distance++)
        {
            // A block with one way in is behind the branch that leads to it; so is everything it dominates.
            if (at.Predecessors.Count == 1 && at.Predecessors[0] is var edge && edge.From.Terminator.Kind == ActorKind.Branch
                && Implies(edge.From.Terminator.Inputs[0], edge.Exit == 0, condition) is { } known)
            {
                return known;
            }
            at = block.Function.List[dominators.Parent(at)];
        }
        return null;
    }

    /// <summary>What a condition is when another is known.</summary>
    private static bool? Implies(Actor known, bool holds, Actor condition)
    {
        if (known == condition)
            return holds;
        if (known.Kind != ActorKind.Compare || condition.Kind != ActorKind.Compare)
            return null;
        if (known.Inputs[0] == condition.Inputs[0] && known.Inputs[1] == condition.Inputs[1] && known.Is32 == condition.Is32
            && Rewriting.Opposite(known.Condition) == condition.Condition)
        {
            return !holds;
        }
        if (PacketCheck.Of(known) is not { } before || PacketCheck.Of(condition) is not { } now || before.Start != now.Start || before.End != now.End)
            return null;
        bool isInside = before.HoldsInside == holds;
        if (isInside && now.Bytes <= before.Bytes)
            return now.HoldsInside;
        return !isInside && now.Bytes >= before.Bytes ? !now.HoldsInside : null;
    }

    /// <summary>A comparison of a place in the packet with its end.</summary>
    /// <param name="Start">What the place is counted from.</param>
    /// <param name="End">The packet's end.</param>
    /// <param name="Bytes">Bytes behind the start that are there when the place is inside.</param>
    /// <param name="HoldsInside">The comparison's result then.</param>
    private readonly record struct PacketCheck(Actor Start, Actor End, long Bytes, bool HoldsInside)
    {
        // Pointers do not wrap around: packets are 64 KiB at most and lie far from the end of the address space.
        private const long MaxDistance = 1 << 16;

        public static PacketCheck? Of(Actor compare)
        {
            (Actor place, Actor end, JumpOp condition) = (compare.Inputs[0], compare.Inputs[1], compare.Condition);
            if (place.Facts.Pointer.Kind == PointerKind.PacketEnd)
                (place, end, condition) = (end, place, Rewriting.Mirrored(condition));
            // The packet's start as the context gave it: other places may be anywhere in a program that no verifier has seen.
            if (compare.Is32 || end.Facts.Pointer is not { Kind: PointerKind.PacketEnd, Offset: 0 } || place.Facts.Pointer is not { Kind: PointerKind.Packet, Offset: >= 0 and < MaxDistance })
                return null;
            long distance = 0;
            while (place is { Kind: ActorKind.Add, Is32: false } && place.ConstantInput(1) is { } step)
            {
                distance += (long)step;
                place = place.Inputs[0];
            }
            if (place.Kind != ActorKind.Load)
                return null;
            // place > end fails exactly when so many bytes are there; place >= end fails when there is one more.
            return condition switch
            {
                JumpOp.Jgt => new PacketCheck(place, end, distance, false),
                JumpOp.Jle => new PacketCheck(place, end, distance, true),
                JumpOp.Jge => new PacketCheck(place, end, distance + 1, false),
                JumpOp.Jlt => new PacketCheck(place, end, distance + 1, true),
                _ => null,
            };
        }
    }
}
