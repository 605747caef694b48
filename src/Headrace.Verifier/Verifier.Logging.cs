using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class Verifier
{
    private void LogInstruction(Instruction instruction) => Log.Write(Disassembler.LogLine(instruction, Slot));

    private const int StateColumn = 40;

    // What an instruction read and wrote, behind it.
    private void LogEffects(Instruction instruction, int frameNumber, int lineStart)
    {
        if (frameNumber > State.CurrentFrame || instruction.IsExit)
        {
            Log.WriteLine("");
            return;
        }
        (int reads, int writes) = RegisterLiveness.Effects(instruction);
        HistoryStep step = State.History[^1];
        ulong slots = step.StackFrame == frameNumber ? 1UL << step.StackIndex : 0;
        string text = StateText.Of(State, frameNumber, (reads | writes) & 0x7ff, slots);
        Log.WriteLine(text.Length == 0 ? "" : new string(' ', Math.Max(StateColumn - (Log.Length - lineStart), 1)) + ";" + text);
    }

    private void LogState(FunctionState frame) => Log.WriteLine(StateText.Of(State, frame.FrameNumber));
}
