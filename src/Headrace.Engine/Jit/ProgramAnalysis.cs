using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

/// <summary>The analysis of a program: its functions' blocks, and what is proved in each, arguments of local calls included.</summary>
internal sealed class ProgramAnalysis
{
    // Rounds before arguments that still change are given up.
    private const int PatientRounds = 4;

    private readonly Dictionary<int, ControlFlow> _flows = [];
    private readonly Dictionary<int, AbstractState> _entries = [];
    private readonly Dictionary<int, Provenance> _results = [];
    private readonly HashSet<int> _addressTaken = [];

    private ProgramAnalysis(LoadedProgram program)
    {
        Program = program;
        Facts = new ProgramFacts(program);
    }

    /// <summary>The program.</summary>
    public LoadedProgram Program { get; }

    /// <summary>What holds in all of it.</summary>
    public ProgramFacts Facts { get; }

    /// <summary>True when the program has functions besides its own.</summary>
    public bool HasFunctions => _flows.Count > 1;

    /// <summary>A function's blocks.</summary>
    public ControlFlow Flow(int function) => _flows[function];

    /// <summary>True for a function whose address the program takes, so that helpers may call it with anything.</summary>
    public bool IsAddressTaken(int function) => _addressTaken.Contains(function);

    /// <summary>What is proved in a function.</summary>
    public Provenance Provenance(int function) => _results[function];

    /// <summary>Analyses a program and the functions it reaches.</summary>
    /// <exception cref="BytecodeException">Control leaves the program.</exception>
    public static ProgramAnalysis Of(LoadedProgram program)
    {
        var analysis = new ProgramAnalysis(program);
        AbstractState entry = AbstractState.AtEntry();
        if (analysis.Facts.Context is not null)
            entry[1] = AbstractValue.At(ValueKind.Context, 0);
        analysis.Discover(0);
        analysis._entries[0] = entry;
        analysis.Solve();
        return analysis;
    }

    private void Discover(int function)
    {
        if (_flows.ContainsKey(function))
            return;
        ControlFlow flow = ControlFlow.Build(Facts.Instructions, function);
        _flows.Add(function, flow);
        foreach (int callee in flow.Callees)
            Discover(callee);
    }

    // Callers bring arguments to callees until no argument changes. Functions whose address is taken are called by helpers with anything.
    private void Solve()
    {
        var pending = new SortedSet<int> { 0 };
        FindAddressTaken();
        foreach (int function in _addressTaken)
        {
            _entries[function] = AbstractState.AtEntry();
            pending.Add(function);
        }
        var rounds = new Dictionary<int, int>();
        while (pending.Count > 0)
        {
            int function = pending.Min;
            pending.Remove(function);
            var transfer = new Transfer(Facts)
            {
                LocalCall = (callee, state) =>
                {
                    int round = rounds[callee] = rounds.GetValueOrDefault(callee) + 1;
                    if (Bring(callee, Arguments(state), widen: round > PatientRounds))
                        pending.Add(callee);
                },
            };
            _results[function] = Jit.Provenance.Of(_flows[function], _entries[function], Facts, transfer);
        }
        // Functions that are only called on ways never taken are still compiled when their callers are.
        foreach (int function in _flows.Keys)
        {
            if (!_results.ContainsKey(function))
                _results[function] = Jit.Provenance.Of(_flows[function], AbstractState.AtEntry(), Facts, new Transfer(Facts));
        }
    }

    private void FindAddressTaken()
    {
        foreach (ControlFlow flow in _flows.Values)
        {
            foreach (BasicBlock block in flow.Blocks)
            {
                for (int slot = block.Start; slot < block.End; slot += Facts.Instructions[slot].Slots)
                {
                    Instruction instruction = Facts.Instructions[slot];
                    if (instruction is { Opcode.IsWideLoad: true, WideLoadKind: WideLoadKind.Function })
                        _addressTaken.Add(ControlFlow.FunctionTarget(instruction, slot));
                }
            }
        }
    }

    private bool Bring(int callee, AbstractState arguments, bool widen)
    {
        if (_entries.TryGetValue(callee, out AbstractState? known))
            return known.Join(arguments, EntryBlock, widen ? [] : null);
        _entries[callee] = arguments;
        return true;
    }

    // No block has this number: packet pointers that differ between callers get bases of their own.
    private const int EntryBlock = 1 << 20;

    // What stays true in the callee: its frame is another, and proofs of packet lengths stay with the caller.
    private static AbstractState Arguments(AbstractState caller)
    {
        AbstractState callee = AbstractState.AtEntry();
        for (int register = 1; register <= 5; register++)
        {
            AbstractValue value = caller[register];
            bool keeps = value.Kind is ValueKind.Context or ValueKind.Map or ValueKind.PacketEnd or ValueKind.Function or ValueKind.Number
                || value is { Kind: ValueKind.Packet, Id: 0 } or { Kind: ValueKind.MapValue, MayBeNull: false };
            callee[register] = !keeps ? AbstractValue.Any : value.Kind == ValueKind.MapValue ? value with { Id = 0 } : value;
        }
        return callee;
    }
}
