namespace Headrace.Engine.Tests.Jit;

/// <summary>Fills each stack frame with a byte when it is opened: programs that come to something else with another byte read stack they never wrote to.</summary>
/// <param name="fill">The byte.</param>
internal sealed unsafe class StackFiller(byte fill) : InterpreterObserver
{
    private const int StackSize = Engine.Machine.MaxStack;

    private LoadedProgram? _program;
    private ulong _frame;

    /// <summary>Another run begins; the one before it may have been stopped anywhere.</summary>
    public void Reset() => _program = null;

    public override void Before(LoadedProgram program, int slot, ReadOnlySpan<ulong> registers)
    {
        ulong frame = registers[10];
        // A tail call goes on in the frame of the program it replaces.
        if (_program is null || frame < _frame || (frame == _frame && program != _program))
            new Span<byte>((void*)(frame - StackSize), StackSize).Fill(fill);
        (_program, _frame) = (program, frame);
    }

    // A run or a callback: the next one opens a frame of its own at the same place.
    public override void Ended(ReadOnlySpan<ulong> registers) => _frame = registers[10] + StackSize;
}
