namespace Headrace.Engine;

/// <summary>Watches an interpreter instruction by instruction: tracing, profiling, tests.</summary>
public abstract class InterpreterObserver
{
    /// <summary>An instruction is about to run.</summary>
    /// <param name="program">The program it belongs to.</param>
    /// <param name="slot">Its slot.</param>
    /// <param name="registers">R0 to R10 before it.</param>
    public abstract void Before(LoadedProgram program, int slot, ReadOnlySpan<ulong> registers);

    /// <summary>The run, or a callback inside it, has come to its exit.</summary>
    /// <param name="registers">R0 to R10; R0 is the result.</param>
    public virtual void Ended(ReadOnlySpan<ulong> registers)
    {
    }
}
