using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>Bounds of loops: a value that every round moves by a constant step, and whose range at the jump back is known.</summary>
internal sealed class LoopBounds(Instruction[] code, FactGraph graph, FactTransfer transfer)
{
    private const ulong Unbounded = 1UL << 62;

    /// <summary>Every jump backward that can be taken, by slot, with its bound.</summary>
    public LoopFacts[] Find()
    {
        var loops = new List<LoopFacts>();
        foreach (IGrouping<FactBlock, (FactBlock From, FactBlock Head, FactState State)> loop in Backward().GroupBy(edge => edge.Head))
            loops.AddRange(BoundsOf(loop.Key, [.. loop.Select(edge => (edge.From, edge.State))]));
        return [.. loops.OrderBy(loop => loop.From)];
    }

    private IEnumerable<(FactBlock From, FactBlock Head, FactState State)> Backward()
    {
        foreach (FactBlock block in graph.Ordered)
        {
            (int next, int target) = graph.Successors(block.Last);
            foreach (int successor in (int[])[next, target])
            {
                if (successor < 0 || block.State is null || graph.At(successor) is not { State: not null } head || head.Order > block.Order)
                    continue;
                if (AtJump(block, isTarget: successor == target, isConditional: next >= 0 && target >= 0) is { } state)
                    yield return (block, head, state);
            }
        }
    }

    // What is known when the block's jump is taken; null when it never is.
    private FactState? AtJump(FactBlock block, bool isTarget, bool isConditional)
    {
        FactState state = block.State!.Clone();
        FunctionSummary scratch = new();
        for (int slot = block.Start; slot < block.Last; slot += code[slot].Slots)
            transfer.Apply(state, slot, scratch);
        if (!isConditional)
        {
            transfer.Apply(state, block.Last, scratch);
            return state;
        }
        bool goesElsewhere = transfer.Decide(state, block.Last) is { } taken && taken != isTarget;
        return !goesElsewhere && transfer.Refine(state, block.Last, isTarget) ? state : null;
    }

    private IEnumerable<LoopFacts> BoundsOf(FactBlock head, (FactBlock From, FactState State)[] edges)
    {
        List<FactBlock>? blocks = BlocksOf(head, edges);
        LoopSymbols[]? ends = blocks is null ? null : Follow(head, blocks, edges);
        for (int i = 0; i < edges.Length; i++)
            yield return new LoopFacts(edges[i].From.Last, head.Start, ends is null ? null : Bound(ends, edges, i));
    }

    // All jumps back to the head move a counter in one direction, each by its own step: between two of them it never turns, nor does it
    // wrap, since it is always inside the range that all of them see.
    private static ulong? Bound(LoopSymbols[] ends, (FactBlock From, FactState State)[] edges, int edge)
    {
        ulong? best = null;
        foreach ((int place, int size, long step) in ends[edge].Moved())
        {
            if (step == 0)
                continue;
            RegisterState range = default;
            bool isCounter = true;
            for (int i = 0; i < edges.Length && isCounter; i++)
            {
                (int Place, int Size, long Step)? here = ends[i].Moved().Cast<(int Place, int Size, long Step)?>()
                    .FirstOrDefault(moved => moved!.Value.Place == place && moved.Value.Size == size);
                isCounter = here is { } moved && (moved.Step == 0 || moved.Step > 0 == step > 0) && moved.Step is > int.MinValue and < int.MaxValue;
                if (!isCounter || here!.Value.Step == 0)
                    continue;
                RegisterState value = place >= 0 ? edges[i].State.Registers[place] : edges[i].State.ReadStack(place, size);
                range = range.Kind == RegisterKind.NotInitialized ? value : ValueJoin.Join(range, value);
                isCounter = range.Kind == RegisterKind.Scalar;
            }
            if (!isCounter)
                continue;
            ulong width = Math.Min(range.UMax - range.UMin, (ulong)(range.SMax - range.SMin));
            if (width < Unbounded)
                best = Math.Min(best ?? ulong.MaxValue, width / (ulong)Math.Abs(step) + 1);
        }
        return best;
    }

    // The loop's own blocks, in order. Null when control enters elsewhere than at the head.
    private List<FactBlock>? BlocksOf(FactBlock head, (FactBlock From, FactState State)[] edges)
    {
        var inside = new HashSet<FactBlock> { head };
        var open = new Stack<FactBlock>();
        foreach ((FactBlock from, _) in edges)
        {
            if (inside.Add(from))
                open.Push(from);
        }
        while (open.Count > 0)
        {
            foreach (FactBlock before in graph.Before(open.Pop()))
            {
                if (before.State is null)
                    continue;
                if (before.Order < head.Order)
                    return null;
                if (inside.Add(before))
                    open.Push(before);
            }
        }
        return [.. inside.OrderBy(block => block.Order)];
    }

    private LoopSymbols[] Follow(FactBlock head, List<FactBlock> blocks, (FactBlock From, FactState State)[] edges)
    {
        var inside = blocks.ToHashSet();
        var starts = new Dictionary<FactBlock, LoopSymbols> { [head] = LoopSymbols.Start(head.State!) };
        var ends = new Dictionary<FactBlock, LoopSymbols>();
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (FactBlock block in blocks)
            {
                if (!starts.TryGetValue(block, out LoopSymbols? start))
                    continue;
                LoopSymbols end = ends[block] = Through(block, start.Clone());
                (int next, int target) = graph.Successors(block.Last);
                foreach (int successor in (int[])[next, target])
                {
                    if (successor < 0 || graph.At(successor) is not { } after || after == head || !inside.Contains(after))
                        continue;
                    if (starts.TryGetValue(after, out LoopSymbols? known))
                    {
                        changed |= known.JoinWith(end);
                    }
                    else
                    {
                        starts[after] = end.Clone();
                        changed = true;
                    }
                }
            }
        }
        return [.. edges.Select(edge => ends.GetValueOrDefault(edge.From) ?? new LoopSymbols())];
    }

    private LoopSymbols Through(FactBlock block, LoopSymbols symbols)
    {
        FactState before = block.State!.Clone();
        FactState after = before.Clone();
        FunctionSummary scratch = new();
        for (int slot = block.Start; slot <= block.Last; slot += code[slot].Slots)
        {
            Instruction instruction = code[slot];
            if (instruction.Opcode.IsJump && !instruction.IsCall)
                break;
            transfer.Apply(after, slot, scratch);
            symbols.Apply(instruction, before, after);
            before.CopyFrom(after);
        }
        return symbols;
    }
}
