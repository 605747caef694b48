using Headrace.Dataflow;

namespace Headrace.Engine;

/// <summary>Runs programs as dataflow graphs in a token simulator: the reference model of hardware, exact and slow.</summary>
/// <remarks>
/// Packets of a burst are in flight together as far as their order on shared maps allows. Programs that hold things for one
/// packet (tail calls, callbacks, records, locks), or may be stopped in the middle of one, run packet by packet.
/// </remarks>
public sealed unsafe class DataflowExecutor : Executor
{
    private const int DefaultPacketsInFlight = 8;

    private readonly Dictionary<LoadedProgram, (MachineWorld World, Stack<TokenMachine> Free)> _others = [];
    private readonly SimulationOptions _options;
    private readonly Graph _graph;
    private readonly MachineWorld _world;
    private readonly TokenMachine _tokens;

    /// <summary>Makes an executor with a machine of its own.</summary>
    /// <param name="program">The program it starts.</param>
    /// <param name="options">What the machine tells the program of the world; null for the defaults.</param>
    public DataflowExecutor(LoadedProgram program, MachineOptions? options = null) : this(program, options, null, null)
    {
    }

    /// <summary>Makes an executor that runs a graph of the caller's choice.</summary>
    /// <param name="program">The program.</param>
    /// <param name="graph">Its graph.</param>
    /// <param name="options">What the machine tells the program of the world; null for the defaults.</param>
    public DataflowExecutor(LoadedProgram program, Graph graph, MachineOptions? options = null) : this(program, options, graph, null)
    {
    }

    internal DataflowExecutor(LoadedProgram program, MachineOptions? options, Graph? graph, SimulationOptions? simulation) : base(program, options)
    {
        program.RequireVerified(nameof(EngineKind.Dataflow));
        _graph = graph ?? program.Graph;
        _options = simulation ?? new SimulationOptions(DefaultPacketsInFlight);
        // Of a burst that is stopped at a packet, those behind it must not have begun.
        if (!MayOverlap(_graph) || Jit.CodeNeeds.Of(_graph).Budget)
            _options = _options with { PacketsInFlight = 1 };
        _world = new MachineWorld(Machine, program, _options.PacketsInFlight);
        _tokens = new TokenMachine(_graph, _world, _options);
    }

    /// <summary>The graph it runs.</summary>
    public Graph Graph => _graph;

    /// <summary>What was counted over all runs; tail-called programs and callbacks are not in it.</summary>
    public SimulationCounts Counts => _tokens.Counts;

    /// <summary>How often each actor has fired.</summary>
    public IReadOnlyDictionary<Actor, long> Firings => _tokens.Firings;

    /// <inheritdoc/>
    public override void Run(Frame* frames, int count)
    {
        _world.Take(frames);
        Run(count);
    }

    /// <inheritdoc/>
    public override ulong Invoke(byte* memory, nuint length)
    {
        _world.Take(memory, length);
        Run(1);
        return _world.Result;
    }

    private void Run(int count)
    {
        try
        {
            _tokens.Run(count);
        }
        finally
        {
            _world.Leave();
            Machine.End();
        }
    }

    /// <summary>Runs another program from its start in the place of one that tail-calls it.</summary>
    internal ulong Continue(LoadedProgram program, int depth) => RunFunction(program, 0, [(ulong)Machine.State->Frame, 0, 0, 0, 0], depth);

    internal override ulong CallFunction(LoadedProgram program, int slot, ulong a1, ulong a2, ulong a3, ulong a4, ulong a5)
    {
        MachineState* state = Machine.State;
        int depth = state->CallDepth + 1;
        if (depth >= Machine.MaxCallDepth)
            throw Machine.DepthFault();
        if ((state->Budget -= program.FunctionLength(slot)) < 0)
            throw Machine.BudgetFault();
        int pc = state->Pc;
        LoadedProgram? caller = Machine.Program;
        Machine.Program = program;
        ulong result = RunFunction(program, slot, [a1, a2, a3, a4, a5], depth);
        Machine.Program = caller;
        (state->CallDepth, state->Pc) = (depth - 1, pc);
        return result;
    }

    // Each call runs on a machine of its own, since the one that calls stands in the middle of a firing.
    private ulong RunFunction(LoadedProgram program, int slot, ReadOnlySpan<ulong> arguments, int depth)
    {
        if (!_others.TryGetValue(program, out (MachineWorld World, Stack<TokenMachine> Free) other))
            _others[program] = other = (program == Program ? _world : new MachineWorld(Machine, program, 1), new Stack<TokenMachine>());
        if (!other.Free.TryPop(out TokenMachine? tokens))
            tokens = new TokenMachine(program == Program ? _graph : program.Graph, other.World, _options with { PacketsInFlight = 1 });
        ulong result = tokens.Call(0, slot, arguments, depth);
        other.Free.Push(tokens);
        return result;
    }

    /// <summary>True when nothing in a program belongs to one packet but its frame and its stack.</summary>
    private static bool MayOverlap(Graph graph) => !graph.IsPlain && graph.Functions.SelectMany(function => function.Actors).All(actor => actor.Kind switch
    {
        ActorKind.TailCall or ActorKind.FunctionAddress => false,
        ActorKind.Helper => HelperRules.IsStateless(actor.Helper),
        _ => true,
    });
}
