using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>Finds what holds at every place of a program, on every path and for every run.</summary>
/// <remarks>
/// Walking paths proves that accesses are safe, but pruning passes over numbers nobody relied on. Here all paths to a place are joined
/// instead, in rounds over the program until nothing changes; values that grow in loops are widened, and two more rounds without widening
/// take back what it gave away too much. Functions are looked at once for all who call them.
/// </remarks>
internal sealed class FactSolver
{
    private const int NarrowingRounds = 2;
    private const int MaxRounds = 1000;

    private readonly Instruction[] _code;
    private readonly FactGraph _graph;
    private readonly ControlFlow _flow;
    private readonly Widening _widening;
    private readonly FunctionSummary[] _summaries;
    private FunctionSummary[] _next = [];
    private int _current;
    private bool _changed;

    public FactSolver(ProgramSpec program, IReadOnlyList<MapSpec> maps, FactCollector walked, ControlFlow flow, bool hasGlobals)
    {
        _code = program.Instructions;
        _flow = flow;
        _graph = new FactGraph(_code, flow);
        _widening = new Widening(_code);
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
        int rounds = 0;
        do
        {
            if (++rounds > MaxRounds)
                return false;
            Round(widens: true);
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
        foreach (FactBlock block in _graph.Ordered)
        {
            if (block.Order > 0 && _graph.Ordered[block.Order - 1].Function != block.Function)
                Finish(_graph.Ordered[block.Order - 1].Function);
            Visit(block, widens);
        }
        Finish(_graph.Ordered[^1].Function);
        foreach (FactBlock block in _graph.Ordered)
            block.Backward = block.NextBackward;
    }

    private void Finish(int function)
    {
        _changed |= !_summaries[function].IsSame(_next[function]);
        _summaries[function] = _next[function];
    }

    private void Visit(FactBlock block, bool widens)
    {
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
