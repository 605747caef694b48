using Headrace.Bytecode;

namespace Headrace.Dataflow;

/// <summary>Moves computation that gives the same in every round of a loop in front of it, and loads of what no round writes.</summary>
/// <remarks>
/// A load goes along only where the program loads there whatever happens: when control cannot leave the loop or start another round
/// without it, or when it cannot fault in front of the loop either. The verifier's word is needed for both. Other processors may write
/// map values meanwhile; that all rounds see the same is one of the ways that could have gone, but not past an atomic operation.
/// </remarks>
internal sealed class HoistInvariants : IPass
{
    public string Name => "hoist-invariants";

    public string Summary => "what is the same in every round is computed or loaded before the loop";

    public int Run(Graph graph) => graph.List.Sum(Run);

    private static int Run(GraphFunction function)
    {
        if (!function.List.Exists(block => block.IsLoopHead))
            return 0;
        var dominators = new Dominators(function);
        List<Loop> loops = LoopAnalysis.Run(function);
        int changes = 0;
        foreach (Loop loop in loops)
        {
            if (Entry(loop) is { } entry)
                changes += Move(loop, entry.From, dominators, actor => IsMovable(actor) && IsInvariant(actor, loop));
        }
        if (!function.Graph.IsVerified)
            return changes;
        if (loops.Count(loop => AddFront(loop, dominators)) > 0)
        {
            function.Arrange();
            dominators = new Dominators(function);
            loops = LoopAnalysis.Run(function);
        }
        foreach (Loop loop in loops)
        {
            if (Entry(loop) is not { } entry)
                continue;
            ulong written = Written(loop);
            Block? end = entry.From.Exits.Count == 1 ? End(loop, dominators) : null;
            changes += Move(loop, entry.From, dominators, actor => MayLoadBefore(actor, loop, written)
                && ((end is not null && dominators.Dominates(actor.Block!, end)) || CannotFault(actor, entry.From, dominators)));
        }
        return changes;
    }

    /// <summary>The only way into a loop; null when there are several.</summary>
    private static Edge? Entry(Loop loop)
    {
        Edge? only = null;
        foreach (Edge edge in loop.Head.Predecessors)
        {
            if (loop.Blocks.Contains(edge.From))
                continue;
            if (only is not null)
                return null;
            only = edge;
        }
        return only;
    }

    private static int Move(Loop loop, Block target, Dominators dominators, Func<Actor, bool> which)
    {
        int changes = 0;
        // A loop with a second way in has blocks that control reaches past the one in front.
        foreach (Block block in loop.Blocks.Where(block => dominators.Dominates(target, block)).OrderBy(block => block.Index))
        {
            foreach (Actor actor in block.List.ToArray())
            {
                if (!which(actor))
                    continue;
                block.List.Remove(actor);
                target.InsertLast(actor);
                // What was proved of it held behind a branch.
                actor.Proved = null;
                changes++;
            }
        }
        return changes;
    }

    private static bool IsMovable(Actor actor) => actor.IsPure && !actor.IsLiteral && actor.Kind is not (ActorKind.Merge or ActorKind.Parameter);

    private static bool IsInvariant(Actor actor, Loop loop)
    {
        foreach (Actor input in actor.Inputs)
        {
            if (!input.IsLiteral && loop.Blocks.Contains(input.Block!))
                return false;
        }
        return true;
    }

    private static bool MayLoadBefore(Actor actor, Loop loop, ulong written) =>
        actor.Kind == ActorKind.Load && (actor.Effects.Reads & written) == 0 && IsInvariant(actor, loop);

    /// <summary>The regions that a loop writes; with an atomic operation, all that others may write too.</summary>
    private static ulong Written(Loop loop)
    {
        ulong written = 0;
        foreach (Block block in loop.Blocks)
        {
            foreach (Actor actor in block.List)
                written |= actor.Kind == ActorKind.Atomic ? actor.Effects.Writes | block.Function.Graph.Regions.SharedMask : actor.Effects.Writes;
        }
        return written;
    }

    /// <summary>Puts a block between a loop and a branch that leads to it or elsewhere, when there are loads to stand in it.</summary>
    private static bool AddFront(Loop loop, Dominators dominators)
    {
        if (Entry(loop) is not { } entry || entry.From.Exits.Count == 1)
            return false;
        ulong written = Written(loop);
        Block end = End(loop, dominators);
        if (!loop.Blocks.Any(block => dominators.Dominates(block, end) && block.List.Exists(actor => MayLoadBefore(actor, loop, written))))
            return false;
        Block head = loop.Head;
        int way = head.PredecessorIndex(entry.From, entry.Exit);
        Actor[] inputs = [.. head.Merges.Select(merge => merge.Inputs[way])];
        Block front = head.Function.NewBlock(head.Slot);
        entry.From.Redirect(entry.Exit, front);
        front.Append(head.Function.Graph.NewActor(ActorKind.Goto, entry.From.Terminator.Slot));
        front.Connect(head);
        int i = 0;
        foreach (Actor merge in head.Merges)
            merge.AddInput(inputs[i++]);
        return true;
    }

    /// <summary>The last block that control passes in every round before it leaves the loop or begins the next; so it does with those that dominate it.</summary>
    private static Block End(Loop loop, Dominators dominators)
    {
        Block? end = null;
        foreach (Block block in loop.Blocks)
        {
            if (block.Exits.Exists(next => next == loop.Head || !loop.Blocks.Contains(next)))
                end = end is null ? block : dominators.Common(end, block);
        }
        return end!;
    }

    private static bool CannotFault(Actor load, Block before, Dominators dominators)
    {
        MemoryPlace place = MemoryPlace.Of(load);
        switch (place.Pointer)
        {
            case { Kind: PointerKind.Context, Offset: not null }:
                return before.Function.Graph.Program.Type == ProgramType.Xdp;
            case { Kind: PointerKind.Stack }:
                return place.IsInFrame;
            case { Kind: PointerKind.MapValue }:
                // What is at a constant place of a data section is there.
                return place.Base.Kind == ActorKind.MapValueAddress;
            case { Kind: PointerKind.Packet }:
                (Actor start, long distance) = PacketCheck.StartOf(place.Base);
                return distance + place.From >= 0 && distance + place.To <= PacketCheck.BytesAt(before, start, dominators);
            default:
                return false;
        }
    }
}
