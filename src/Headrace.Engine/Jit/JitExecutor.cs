using Headrace.Bytecode;
using Headrace.Dataflow;
using Headrace.Engine.Jit;

namespace Headrace.Engine;

/// <summary>Runs the graph of a program as machine code: all its actors fused into one method, called once a burst.</summary>
/// <remarks>
/// It takes the verifier's word: what was proved of a program is not checked again. Programs that no verifier has seen are checked at every access.
/// </remarks>
public unsafe class JitExecutor : Executor
{
    private readonly CompiledProgram _code;
    private readonly Func<LoadedProgram, int, FunctionMethod?> _find;
    private BurstMethod? _burst;
    private Interpreter? _interpreter;

    /// <summary>Makes an executor with a machine of its own. The program is compiled once, whatever the number of executors.</summary>
    /// <param name="program">The program it starts.</param>
    /// <param name="options">What the machine tells the program of the world; null for the defaults.</param>
    /// <exception cref="UnsupportedFeatureException">It is too large to compile, or was loaded unverified.</exception>
    public JitExecutor(LoadedProgram program, MachineOptions? options = null) : this(program, EngineKind.Jit, null, options)
    {
    }

    /// <summary>Makes an executor that runs a graph of the caller's choice.</summary>
    internal JitExecutor(LoadedProgram program, Graph graph, MachineOptions? options = null) : this(program, EngineKind.Jit, graph, options)
    {
    }

    private protected JitExecutor(LoadedProgram program, EngineKind kind, Graph? graph, MachineOptions? options) : base(program, options)
    {
        program.RequireVerified(kind.ToString());
        if (!program.IsCompiled)
            throw new UnsupportedFeatureException($"program '{program.Name}'", $"engine {kind}", $"it is too large to compile: CreateExecutor has the interpreter run it");
        _code = graph is null ? program.Compiled : new CompiledProgram(program, graph);
        _find = (program, slot) => CodeOf(program).Callback(slot);
    }

    /// <inheritdoc/>
    public override void Run(Frame* frames, int count)
    {
        Machine.Begin(Program, frames);
        try
        {
            (_burst ??= _code.Burst)(Machine, frames, count);
        }
        finally
        {
            Machine.End();
        }
    }

    /// <inheritdoc/>
    public sealed override ulong Invoke(byte* memory, nuint length)
    {
        Machine.Begin(Program, null, memory, length);
        try
        {
            return _code.Entry(Machine, (ulong)memory, length);
        }
        finally
        {
            Machine.End();
        }
    }

    /// <summary>Runs another program over the packet at hand, from its start, in the place of one that tail-calls it.</summary>
    /// <remarks>It may be too large to be compiled.</remarks>
    /// <returns>R0 at its exit.</returns>
    internal ulong Enter(LoadedProgram program) =>
        program.IsCompiled ? CodeOf(program).Entry(Machine, (ulong)Machine.State->Frame, 0) : Interpreter.Enter(program);

    internal sealed override ulong CallFunction(LoadedProgram program, int slot, ulong a1, ulong a2, ulong a3, ulong a4, ulong a5) => program.IsCompiled
        ? JitRuntime.CallBack(Machine, program, slot, _find, a1, a2, a3, a4, a5)
        : Interpreter.CallFunction(program, slot, a1, a2, a3, a4, a5);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _interpreter?.Dispose();
        base.Dispose(disposing);
    }

    private Interpreter Interpreter => _interpreter ??= new Interpreter(this);

    private CompiledProgram CodeOf(LoadedProgram program) => program == Program ? _code : program.Compiled;
}
