namespace Headrace.Engine;

public sealed unsafe partial class Interpreter
{
    private bool _stepping;

    /// <summary>R0 to R10 of the run that was begun: before the next instruction, or after the exit.</summary>
    public ReadOnlySpan<ulong> Registers => new(_registers, RegisterCount);

    /// <summary>Slot of the instruction that the next <see cref="Step"/> runs.</summary>
    public int NextSlot => SlotOf(_next);

    /// <summary>The program that the next <see cref="Step"/> runs an instruction of: another one than <see cref="Executor.Program"/> after a tail call.</summary>
    public LoadedProgram Current => Machine.Program ?? Program;

    /// <summary>Begins a stepped run over a frame.</summary>
    public void Begin(Frame* frame)
    {
        Start(frame, null, 0);
        _stepping = true;
    }

    /// <summary>Begins a stepped run over plain memory; see <see cref="Invoke"/>.</summary>
    public void Begin(byte* memory, nuint length)
    {
        Start(null, memory, length);
        _stepping = true;
    }

    /// <summary>Runs one instruction; callbacks run to their end within the step of the helper that calls them.</summary>
    /// <returns>False when the program has come to its exit: the verdict is in the frame and in R0.</returns>
    /// <exception cref="InvalidOperationException">No run was begun.</exception>
    /// <exception cref="ProgramFaultException">The program was stopped.</exception>
    public bool Step()
    {
        if (!_stepping)
            throw new InvalidOperationException($"no run was begun: call {nameof(Begin)} first");
        _stepping = false;
        try
        {
            if (!Execute<IExecutionPolicy.Stepped>(_registers, 0))
                return _stepping = true;
        }
        catch
        {
            Machine.End();
            throw;
        }
        if (Machine.State->Frame != null)
            Machine.State->Frame->Verdict = (uint)_registers[0];
        Machine.End();
        Observer?.Ended(Registers);
        return false;
    }
}
