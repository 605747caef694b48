using Headrace.Bytecode;

namespace Headrace.Dataflow;

/// <summary>A comparison of a place in the packet with its end.</summary>
/// <param name="Start">What the place is counted from.</param>
/// <param name="End">The packet's end.</param>
/// <param name="Bytes">Bytes behind the start that are there when the place is inside.</param>
/// <param name="HoldsInside">The comparison's result then.</param>
internal readonly record struct PacketCheck(Actor Start, Actor End, long Bytes, bool HoldsInside)
{
    // Pointers do not wrap around: packets are 64 KiB at most and lie far from the end of the address space.
    private const long MaxDistance = 1 << 16;

    // Blocks to look back over.
    private const int FarthestBlock = 256;

    /// <summary>What a comparison checks; null when it is none of these.</summary>
    public static PacketCheck? Of(Actor compare)
    {
        (Actor place, Actor end, JumpOp condition) = (compare.Inputs[0], compare.Inputs[1], compare.Condition);
        if (place.Facts.Pointer.Kind == PointerKind.PacketEnd)
            (place, end, condition) = (end, place, Rewriting.Mirrored(condition));
        // The packet's start as the context gave it: other places may be anywhere in a program that no verifier has seen.
        if (compare.Is32 || end.Facts.Pointer is not { Kind: PointerKind.PacketEnd, Offset: 0 } || place.Facts.Pointer is not { Kind: PointerKind.Packet, Offset: >= 0 and < MaxDistance })
            return null;
        (place, long distance) = StartOf(place);
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

    /// <summary>The bytes behind a start that are there at a block's end: as many as the checks that lead to it say.</summary>
    public static long BytesAt(Block block, Actor start, Dominators dominators)
    {
        long bytes = 0;
        for (int distance = 0; block.Index != 0 && distance < FarthestBlock; distance++)
        {
            if (block.Predecessors.Count == 1 && block.Predecessors[0] is var edge && edge.From.Terminator is { Kind: ActorKind.Branch } branch
                && branch.Inputs[0] is { Kind: ActorKind.Compare } compare && Of(compare) is { } check && check.Start == start && check.HoldsInside == (edge.Exit == 0))
            {
                bytes = Math.Max(bytes, check.Bytes);
            }
            block = block.Function.List[dominators.Parent(block)];
        }
        return bytes;
    }

    /// <summary>What an address is counted from, and how far behind it.</summary>
    public static (Actor Start, long Distance) StartOf(Actor address)
    {
        long distance = 0;
        while (address is { Kind: ActorKind.Add, Is32: false } && address.ConstantInput(1) is { } step)
        {
            distance += (long)step;
            address = address.Inputs[0];
        }
        return (address, distance);
    }
}
