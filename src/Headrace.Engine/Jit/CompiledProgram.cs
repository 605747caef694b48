using System.Reflection.Emit;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>The machine code of a program's graph, made form by form as it is asked for. Shared between threads and executors.</summary>
/// <remarks>
/// Dynamic methods are optimised when they are first called and never again, so nothing warms up. Addresses and sizes of the
/// program's maps are constants in the code: it lives no longer than they do.
/// </remarks>
internal sealed class CompiledProgram
{
    private readonly Lock _lock = new();
    private readonly FunctionWriter _functions;
    private readonly Dictionary<int, FunctionMethod?> _callbacks = [];
    private BurstMethod? _burst;
    private EntryMethod? _entry;
    private StagedProgram? _staged;
    private bool _triedStages;

    /// <summary>Takes a graph; code is written later.</summary>
    public CompiledProgram(LoadedProgram program, Graph graph)
    {
        (Program, Graph) = (program, graph);
        Needs = CodeNeeds.Of(graph);
        _functions = new FunctionWriter(this);
    }

    /// <summary>The program.</summary>
    public LoadedProgram Program { get; }

    /// <summary>Its graph.</summary>
    public Graph Graph { get; }

    /// <summary>What its code keeps at hand.</summary>
    public CodeNeeds Needs { get; }

    /// <summary>The program over a burst.</summary>
    public BurstMethod Burst => Volatile.Read(ref _burst) ?? WriteBurst();

    /// <summary>The program over what the machine has at hand: for tail calls and plain memory.</summary>
    public EntryMethod Entry => Volatile.Read(ref _entry) ?? WriteEntry();

    /// <summary>The program in stages over a burst; null when it has no look-up to cut it at, or was not verified.</summary>
    public StagedProgram? Staged => Volatile.Read(ref _triedStages) ? _staged : WriteStages();

    /// <summary>The method of the function that starts at a slot, written or to be written.</summary>
    public DynamicMethod Method(int function) => _functions.Method(function);

    /// <summary>A function that helpers may call; null when the program never takes the address of one at this slot.</summary>
    public FunctionMethod? Callback(int slot)
    {
        lock (_lock)
        {
            if (_callbacks.TryGetValue(slot, out FunctionMethod? method))
                return method;
            bool isTaken = Graph.Functions.Any(function => function.Actors.Any(actor => actor.Kind == ActorKind.FunctionAddress && actor.Immediate == slot));
            return _callbacks[slot] = isTaken ? _functions.Delegate(slot) : null;
        }
    }

    private BurstMethod WriteBurst()
    {
        lock (_lock)
        {
            if (_burst is { } known)
                return known;
            DynamicMethod method = JitMethods.NewMethod(Program.Name, typeof(void), JitMethods.BurstParameters);
            GraphEmitter.EmitBurst(this, method.GetILGenerator());
            _functions.WritePending();
            BurstMethod burst = method.CreateDelegate<BurstMethod>(Program.MapArray);
            Volatile.Write(ref _burst, burst);
            return burst;
        }
    }

    private StagedProgram? WriteStages()
    {
        lock (_lock)
        {
            if (_triedStages)
                return _staged;
            if (Graph is { IsVerified: true, IsPlain: false })
            {
                DynamicMethod ahead = JitMethods.NewMethod(Program.Name, typeof(int), JitMethods.StageParameters);
                DynamicMethod last = JitMethods.NewMethod(Program.Name, typeof(int), JitMethods.StageParameters);
                if (GraphEmitter.EmitStages(this, ahead.GetILGenerator(), last.GetILGenerator()) is var (sites, recordBytes, stackStride))
                {
                    _functions.WritePending();
                    _staged = new StagedProgram(sites, ahead.CreateDelegate<StageMethod>(Program.MapArray), last.CreateDelegate<StageMethod>(Program.MapArray), recordBytes, stackStride);
                }
            }
            Volatile.Write(ref _triedStages, true);
            return _staged;
        }
    }

    private EntryMethod WriteEntry()
    {
        lock (_lock)
        {
            if (_entry is { } known)
                return known;
            DynamicMethod method = JitMethods.NewMethod(Program.Name, typeof(ulong), JitMethods.EntryParameters);
            GraphEmitter.EmitFunction(this, Graph.Main, method.GetILGenerator());
            _functions.WritePending();
            EntryMethod entry = method.CreateDelegate<EntryMethod>(Program.MapArray);
            Volatile.Write(ref _entry, entry);
            return entry;
        }
    }

    private sealed class FunctionWriter(CompiledProgram owner)
    {
        private readonly Dictionary<int, DynamicMethod> _methods = [];
        private readonly Queue<int> _pending = [];

        public DynamicMethod Method(int function)
        {
            if (_methods.TryGetValue(function, out DynamicMethod? method))
                return method;
            method = JitMethods.NewMethod(owner.Program.FunctionAt(function), typeof(ulong), JitMethods.FunctionParameters);
            _methods.Add(function, method);
            _pending.Enqueue(function);
            return method;
        }

        public void WritePending()
        {
            while (_pending.TryDequeue(out int function))
                GraphEmitter.EmitFunction(owner, owner.Graph.FunctionAt(function), _methods[function].GetILGenerator());
        }

        public FunctionMethod Delegate(int function)
        {
            DynamicMethod method = Method(function);
            WritePending();
            return method.CreateDelegate<FunctionMethod>(owner.Program.MapArray);
        }
    }
}
