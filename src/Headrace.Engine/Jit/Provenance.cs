using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

/// <summary>The forward analysis of one function: what is proved at the start of each block, whichever way it is reached.</summary>
/// <remarks>
/// It trusts nothing: facts come from what instructions do, from branches, and from checks that the emitted code makes and survives.
/// Where it cannot prove an access, the access is checked when it happens.
/// </remarks>
internal sealed class Provenance
{
    // Joins of a block before bounds that still change are given up.
    private const int PatientVisits = 3;

    // Numbers that bounds grow to, at most: each may cost another visit.
    private const int MostSteps = 16;

    private readonly AbstractState?[] _entries;
    private readonly ulong[] _steps;

    private Provenance(ControlFlow flow, ProgramFacts facts)
    {
        _entries = new AbstractState?[flow.Blocks.Count];
        _steps = Steps(flow, facts);
    }

    /// <summary>What is proved at the start of a block; null when no way leads there.</summary>
    public AbstractState? At(BasicBlock block) => _entries[block.Index];

    /// <summary>Analyses a function.</summary>
    /// <param name="flow">Its blocks.</param>
    /// <param name="entry">What is known when it starts.</param>
    /// <param name="facts">The program.</param>
    /// <param name="transfer">What instructions do.</param>
    public static Provenance Of(ControlFlow flow, AbstractState entry, ProgramFacts facts, Transfer transfer)
    {
        var result = new Provenance(flow, facts);
        int[] visits = new int[flow.Blocks.Count];
        // Blocks with lower slots first: programs mostly run forward, so most blocks are seen once.
        var pending = new SortedSet<int>();
        result.Enter(flow.At(flow.Entry), entry, visits, pending);
        while (pending.Count > 0)
        {
            int index = pending.Min;
            pending.Remove(index);
            result.Flow(flow.Blocks[index], facts, transfer, visits, pending);
        }
        return result;
    }

    // What branches compare with is where loops end, so where growing bounds may come to rest; else the widths of loads.
    private static ulong[] Steps(ControlFlow flow, ProgramFacts facts)
    {
        var steps = new SortedSet<ulong> { byte.MaxValue, ushort.MaxValue, uint.MaxValue };
        foreach (BasicBlock block in flow.Blocks)
        {
            Instruction last = facts.Instructions[block.Last];
            if (!ControlFlow.IsBranch(last) || last.Opcode.UsesRegister || last.Immediate is <= 0 or > ushort.MaxValue || steps.Count > MostSteps)
                continue;
            steps.Add((ulong)last.Immediate - 1);
            steps.Add((ulong)last.Immediate);
        }
        return [.. steps];
    }

    private void Flow(BasicBlock block, ProgramFacts facts, Transfer transfer, int[] visits, SortedSet<int> pending)
    {
        AbstractState state = _entries[block.Index]!.Clone();
        for (int slot = block.Start; slot < block.End; slot += facts.Instructions[slot].Slots)
            transfer.Step(state, slot);
        Instruction last = facts.Instructions[block.Last];
        bool branches = ControlFlow.IsBranch(last);
        if (block is { Next: { } next, Target: not null } && branches)
        {
            AbstractState fallen = state.Clone();
            BranchFacts.Learn(fallen, last, taken: false);
            Enter(next, fallen, visits, pending);
        }
        else if (block.Next is { } only)
        {
            Enter(only, state, visits, pending);
        }
        if (block.Target is not { } target)
            return;
        if (branches)
            BranchFacts.Learn(state, last, taken: true);
        Enter(target, state, visits, pending);
    }

    private void Enter(BasicBlock block, AbstractState state, int[] visits, SortedSet<int> pending)
    {
        ref AbstractState? known = ref _entries[block.Index];
        if (known is null)
            known = state.Clone();
        else if (!known.Join(state, block.Index, ++visits[block.Index] > PatientVisits ? _steps : null))
            return;
        pending.Add(block.Index);
    }
}
