using System.Reflection.Emit;
using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

/// <summary>Runs a program over a burst.</summary>
internal unsafe delegate void BurstMethod(Machine machine, Frame* frames, int count);

/// <summary>Runs a program over what the machine has at hand: R1 and R2 in, R0 out.</summary>
internal delegate ulong EntryMethod(Machine machine, ulong r1, ulong r2);

/// <summary>Runs one function of a program: R1 to R5 in, R0 out.</summary>
internal delegate ulong FunctionMethod(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5);

/// <summary>A program's machine code, made form by form as it is asked for. Shared between threads and executors.</summary>
/// <remarks>
/// Dynamic methods are optimised when they are first called and never again, so nothing warms up. Addresses and sizes of the
/// program's maps are constants in the code: it lives no longer than they do.
/// </remarks>
internal sealed class CompiledProgram
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, FunctionMethod> _callbacks = [];
    private readonly ProgramAnalysis _analysis;
    private readonly FunctionTable _functions;
    private BurstMethod? _burst;
    private EntryMethod? _entry;

    /// <summary>Analyses a program; code is written later.</summary>
    /// <exception cref="BytecodeException">Control leaves the program.</exception>
    public CompiledProgram(LoadedProgram program)
    {
        _analysis = ProgramAnalysis.Of(program);
        _functions = new FunctionTable(_analysis);
    }

    /// <summary>The program over a burst.</summary>
    public BurstMethod Burst => Volatile.Read(ref _burst) ?? CompileBurst();

    /// <summary>What is proved in the program.</summary>
    public ProgramAnalysis Analysis => _analysis;

    /// <summary>The program over what the machine has at hand: for tail calls and plain memory.</summary>
    public EntryMethod Entry => Volatile.Read(ref _entry) ?? CompileEntry();

    /// <summary>A function that helpers may call; null when the program never takes the address of one at this slot.</summary>
    public FunctionMethod? Callback(int slot)
    {
        lock (_lock)
        {
            if (_callbacks.TryGetValue(slot, out FunctionMethod? method))
                return method;
            if (!_analysis.IsAddressTaken(slot))
                return null;
            method = _functions.Delegate(slot);
            _callbacks.Add(slot, method);
            return method;
        }
    }

    private unsafe BurstMethod CompileBurst()
    {
        lock (_lock)
        {
            if (_burst is { } known)
                return known;
            DynamicMethod method = FunctionTable.NewMethod(_analysis.Program.Name, typeof(void), JitMethods.BurstParameters);
            new FunctionEmitter(_functions, _analysis, 0, method.GetILGenerator(), FunctionEmitter.Mode.Burst).EmitBurst();
            _functions.WritePending();
            BurstMethod burst = method.CreateDelegate<BurstMethod>(_analysis.Program.MapArray);
            Volatile.Write(ref _burst, burst);
            return burst;
        }
    }

    private EntryMethod CompileEntry()
    {
        lock (_lock)
        {
            if (_entry is { } known)
                return known;
            DynamicMethod method = FunctionTable.NewMethod(_analysis.Program.Name, typeof(ulong), JitMethods.EntryParameters);
            new FunctionEmitter(_functions, _analysis, 0, method.GetILGenerator()).EmitFunction(JitMethods.EntryArgumentCount);
            _functions.WritePending();
            EntryMethod entry = method.CreateDelegate<EntryMethod>(_analysis.Program.MapArray);
            Volatile.Write(ref _entry, entry);
            return entry;
        }
    }
}
