namespace Headrace.Engine;

/// <summary>Runs programs one instruction after the other with every memory access checked: the reference semantics.</summary>
public sealed unsafe partial class Interpreter : Executor
{
    /// <summary>Makes an interpreter with a machine of its own.</summary>
    /// <param name="program">The program it starts.</param>
    /// <param name="options">What the machine tells the program of the world; null for the defaults.</param>
    public Interpreter(LoadedProgram program, MachineOptions? options = null) : base(program, options)
    {
    }

    /// <inheritdoc/>
    public override void Run(Frame* frames, int count) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override ulong Invoke(byte* memory, nuint length) => throw new NotImplementedException();

    internal override ulong CallFunction(LoadedProgram program, int slot, ulong a1, ulong a2, ulong a3, ulong a4, ulong a5) =>
        throw new NotImplementedException();
}
