namespace Headrace.Engine;

public sealed unsafe partial class Interpreter
{
    /// <summary>Opens the frame of a local call: saves what the callee must keep and moves the frame pointer to a stack of its own.</summary>
    private void OpenFrame(DecodedInstruction* op, DecodedInstruction* returnTo, ulong* r)
    {
        MachineState* state = Machine.State;
        int depth = state->CallDepth;
        if (depth + 1 >= Machine.MaxCallDepth)
        {
            state->Pc = SlotOf(op);
            throw Machine.DepthFault();
        }
        CallFrame* frame = _frames + depth;
        (frame->R6, frame->R7, frame->R8, frame->R9) = (r[6], r[7], r[8], r[9]);
        frame->Return = returnTo;
        frame->Code = _code;
        _framePrograms[depth] = Machine.Program;
        (r[0], r[6], r[7], r[8], r[9]) = (0, 0, 0, 0, 0);
        r[10] -= Machine.MaxStack;
        frame[1].Loops = Machine.MaxLoops;
        state->CallDepth = depth + 1;
    }

    /// <summary>Returns from a local call.</summary>
    /// <returns>Where the caller goes on.</returns>
    private DecodedInstruction* CloseFrame(ulong* r)
    {
        int depth = --Machine.State->CallDepth;
        CallFrame* frame = _frames + depth;
        (r[6], r[7], r[8], r[9]) = (frame->R6, frame->R7, frame->R8, frame->R9);
        (r[1], r[2], r[3], r[4], r[5]) = (0, 0, 0, 0, 0);
        r[10] += Machine.MaxStack;
        if (frame->Code != _code)
        {
            _code = frame->Code;
            Machine.Program = _framePrograms[depth];
        }
        return frame->Return;
    }

    /// <summary>Replaces the program of this frame by one of a program array; false, and nothing happens, when the kernel would fall through.</summary>
    private bool TailCall(DecodedInstruction* op, ulong* r)
    {
        MachineState* state = Machine.State;
        state->Pc = SlotOf(op);
        Map map = MapHandles.Find(r[2]) ?? throw Machine.Fault($"tail-calls through 0x{r[2]:x}, which is no map");
        if (map.ProgramAt((uint)r[3]) is not { } found || Machine.TailCall(found) is not { } target)
            return false;
        new Span<ulong>(r, 10).Clear();
        r[1] = (ulong)state->Frame;
        _frames[state->CallDepth].Loops = Machine.MaxLoops;
        Enter(target, 0);
        return true;
    }

    private int SlotOf(DecodedInstruction* op) => (int)(op - _code);
}
