using Headrace.Engine.Jit;

namespace Headrace.Engine;

/// <summary>Runs programs as machine code, compiled when first run; one call a burst.</summary>
/// <remarks>
/// Semantics, faults included, are the <see cref="Interpreter"/>'s. Every access is checked unless the compiler itself has proved
/// where it goes: it trusts no verifier.
/// </remarks>
public unsafe class JitExecutor : Executor
{
    private BurstMethod? _burst;

    /// <summary>Makes an executor with a machine of its own. The program is compiled once, whatever the number of executors.</summary>
    /// <param name="program">The program it starts.</param>
    /// <param name="options">What the machine tells the program of the world; null for the defaults.</param>
    public JitExecutor(LoadedProgram program, MachineOptions? options = null) : base(program, options)
    {
        program.RequireVerified(nameof(EngineKind.Batch));
        _ = program.Compiled;
    }

    /// <inheritdoc/>
    public override void Run(Frame* frames, int count)
    {
        Machine.Begin(Program, frames);
        try
        {
            (_burst ??= Program.Compiled.Burst)(Machine, frames, count);
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
            return Program.Compiled.Entry(Machine, (ulong)memory, length);
        }
        finally
        {
            Machine.End();
        }
    }

    internal sealed override ulong CallFunction(LoadedProgram program, int slot, ulong a1, ulong a2, ulong a3, ulong a4, ulong a5) =>
        JitRuntime.CallBack(Machine, program, slot, static (program, slot) => program.Compiled.Callback(slot), a1, a2, a3, a4, a5);
}
