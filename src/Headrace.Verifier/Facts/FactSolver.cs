using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>Finds what holds at every place of a program, on every path and for every run.</summary>
/// <remarks>
/// Walking paths proves that accesses are safe, but pruning passes over numbers nobody relied on. Here all paths to a place are joined
/// instead, in rounds over the program until nothing changes; values that grow in loops are widened, and two more rounds without widening
/// take back what it gave away too much. A loop is gone over until it is at rest before what follows it is looked at: else each of a
/// thousand loops in a row would cost a round of all. Functions are looked at once for all who call them.
/// </remarks>
internal sealed class FactSolver
{
    private const int NarrowingRounds = 2;

    // Looks at a block before it is given up, on the average, and in all: about a second.
    private const int MostVisitsPerBlock = 1000;
    private const int MostVisits = 1 << 20;

    // Loops in each other that are brought to rest one by one: each level may double what those in it cost.
    private const int MostLevels = 3;

    private readonly Instruction[] _code;
    private readonly FactGraph _graph;
    private readonly ControlFlow _flow;
    private readonly Widening _widening;
    private readonly FunctionSummary[] _summaries;
    private readonly int[] _ends;
    private readonly long _mostVisits;
    private FunctionSummary[] _next = [];
    private int _current;
    private long _visits;
    private bool _changed;

    public FactSolver(ProgramSpec program, IReadOnlyList<MapSpec> maps, FactCollector walked, ControlFlow flow, bool hasGlobals)
    {
        _code = program.Instructions;
        _flow = flow;
        _graph = new FactGraph(_code, flow);
        _widening = new Widening(_code);
        _ends = LoopEnds(_graph);
        _mostVisits = Math.Min((long)MostVisitsPerBlock * _graph.Ordered.Length, MostVisits);
        _summaries = [.. Enumerable.Range(0, flow.Count).Select(_ => new FunctionSummary())];
        Transfer = new FactTransfer(program, maps, walked, flow, _summaries) { HasGlobals = hasGlobals, Enters = Enter };
    }

    /// <summary>What instructions make of states.</summary>
    public FactTransfer Transfer { get; }

    /// <summary>The program's blocks.</summary>
    public FactGraph Graph => _graph;

    /// <summary>Solves it.</summary>
    /// <returns>False when it came to no end: then nothing is known.</returns>
    public bool TrySolve()
    {
        do
        {
            Round(widens: true);
            if (_visits > _mostVisits)
                return false;
        }
        while (_changed);
        for (int i = 0; i < NarrowingRounds; i++)
            Round(widens: false);
        return true;
    }

    private void Round(bool widens)
    {
        _changed = false;
        _next = [.. Enumerable.Range(0, _summaries.Length).Select(_ => new FunctionSummary())];
        foreach (FactBlock block in _graph.Ordered)
        {
            block.Forward = null;
            block.NextBackward = null;
        }
        FactBlock first = _graph.At(0);
        FactState start = FactState.Entry();
        start[Register.R1] = RegisterState.Pointer(RegisterKind.Context);
        first.Forward = start;
        for (int from = 0; from < _graph.Ordered.Length;)
        {
            int function = _graph.Ordered[from].Function, to = from;
            while (to + 1 < _graph.Ordered.Length && _graph.Ordered[to + 1].Function == function)
                to++;
            VisitAll(from, to, widens, widens ? 0 : MostLevels);
            Finish(function);
            from = to + 1;
        }
        foreach (FactBlock block in _graph.Ordered)
            block.Backward = block.NextBackward;
    }

    private void VisitAll(int from, int to, bool widens, int level)
    {
        for (int order = from; order <= to; order++)
        {
            // A loop's own blocks are gone over by who brings it to rest, its head among them.
            if (level < MostLevels && _ends[order] >= order && !(level > 0 && order == from))
            {
                Rest(order, _ends[order], level + 1);
                order = _ends[order];
            }
            else
            {
                Visit(_graph.Ordered[order], widens);
            }
        }
    }

    // What comes to blocks behind the loop from earlier goes of it is less than what comes from later ones: it may stay.
    private void Rest(int from, int to, int level)
    {
        bool changed = _changed;
        Span<FactBlock> blocks = _graph.Ordered.AsSpan(from, to - from + 1);
        var arrived = new FactState?[blocks.Length];
        for (int i = 0; i < blocks.Length; i++)
            arrived[i] = blocks[i].Forward?.Clone();
        for (_changed = true; ;)
        {
            _changed = false;
            VisitAll(from, to, widens: true, level);
            changed |= _changed;
            if (!_changed || _visits > _mostVisits)
                break;
            for (int i = 0; i < blocks.Length; i++)
            {
                blocks[i].Forward = arrived[i]?.Clone();
                (blocks[i].Backward, blocks[i].NextBackward) = (blocks[i].NextBackward, null);
            }
        }
        _changed = changed;
    }

    // The place in the order up to which jumps lead back to each block, or into what lies between; -1 where none does.
    private static int[] LoopEnds(FactGraph graph)
    {
        var ends = new int[graph.Ordered.Length];
        Array.Fill(ends, -1);
        foreach (FactBlock block in graph.Ordered)
        {
            (int next, int target) = graph.Successors(block.Last);
            if (next >= 0 && graph.Find(next) is { } after && after.Order <= block.Order)
                ends[after.Order] = block.Order;
            if (target >= 0 && graph.Find(target) is { } there && there.Order <= block.Order)
                ends[there.Order] = block.Order;
        }
        for (int head = ends.Length - 1; head >= 0; head--)
        {
            for (int inside = head + 1; inside <= ends[head]; inside = Math.Max(inside, ends[inside]) + 1)
                ends[head] = Math.Max(ends[head], ends[inside]);
        }
        return ends;
    }

    private void Finish(int function)
    {
        _changed |= !_summaries[function].IsSame(_next[function]);
        _summaries[function] = _next[function];
    }

    private void Visit(FactBlock block, bool widens)
    {
        _visits++;
        FactState? arriving = block.Forward;
        bool isHead = block.Backward is not null;
        if (isHead)
        {
            arriving = arriving is null ? block.Backward!.Clone() : arriving;
            arriving.JoinWith(block.Backward!);
        }
        if (arriving is null)
        {
            _changed |= block.State is not null;
            block.State = null;
            return;
        }
        if (widens && isHead && block.State is not null)
        {
            if (block.State.GrowTo(arriving, _widening, block.Growth))
            {
                block.Growth++;
                _changed = true;
            }
        }
        else
        {
            _changed |= block.State is null || !block.State.IsSame(arriving);
            block.State = arriving;
        }
        _current = block.Order;
        Leave(block, block.State!.Clone());
    }

    private void Leave(FactBlock block, FactState state)
    {
        FunctionSummary own = _next[block.Function];
        int last = block.Last;
        for (int slot = block.Start; slot < last; slot += _code[slot].Slots)
            Transfer.Apply(state, slot, own);
        Instruction instruction = _code[last];
        Opcode opcode = instruction.Opcode;
        (int next, int target) = _graph.Successors(last);
        if (instruction.IsExit)
        {
            own.JoinExit(state[Register.R0], state.PacketBytes);
            return;
        }
        if (next >= 0 && target >= 0)
        {
            bool? taken = Transfer.Decide(state, last);
            if (taken != false)
                Branch(block, target, state.Clone(), taken: true);
            if (taken != true)
                Branch(block, next, state, taken: false);
            return;
        }
        Transfer.Apply(state, last, own);
        if (!instruction.IsCall || Transfer.Returns(last))
            Add(_graph.At(next >= 0 ? next : target), state);
    }

    private void Branch(FactBlock from, int to, FactState state, bool taken)
    {
        if (Transfer.Refine(state, from.Last, taken))
            Add(_graph.At(to), state);
    }

    private void Enter(int function, FactState state) => Add(_graph.At(_flow.Starts[function]), state);

    private void Add(FactBlock target, FactState state)
    {
        if (target.Order > _current)
            target.Forward = Joined(target.Forward, state);
        else
            target.NextBackward = Joined(target.NextBackward, state);
    }

    private static FactState Joined(FactState? known, FactState state)
    {
        if (known is null)
            return state;
        known.JoinWith(state);
        return known;
    }
}
