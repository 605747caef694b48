using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class Verifier
{
    private readonly PrecisionWalker _precision;

    public partial void MarkPrecise(Register register)
    {
        if (this[register].Kind != RegisterKind.Scalar)
            return;
        PrecisionMarks marks = _precision.Begin();
        marks.Registers(State.CurrentFrame) |= 1 << (int)register;
        // The last step is the one that asks.
        int last = State.History.Count - 2;
        int frame = State.CurrentFrame;
        if (!_precision.Walk(State, last, frame))
            MarkAllPrecise(State);
    }

    /// <summary>The same for a number that was spilled to the stack.</summary>
    /// <param name="frame">The frame's number.</param>
    /// <param name="slot">Index of the 8 bytes.</param>
    internal void MarkStackPrecise(int frame, int slot)
    {
        _precision.Begin().Slots(frame) |= 1UL << slot;
        if (!_precision.Walk(State, State.History.Count - 2, State.CurrentFrame))
            MarkAllPrecise(State);
    }

    // What was relied on behind the old state is relied on behind the one it covers. True when that was not known of some number.
    private bool PropagatePrecision(VerifierState old, VerifierState arrived)
    {
        PrecisionMarks marks = _precision.Begin();
        for (int f = 0; f <= old.CurrentFrame; f++)
        {
            FunctionState frame = old.Frames[f]!;
            for (int i = 0; i < 10; i++)
            {
                if (frame.Registers[i] is { Kind: RegisterKind.Scalar, Precise: true })
                    marks.Registers(f) |= 1 << i;
            }
            for (int i = 0; i < frame.StackSlots; i++)
            {
                if (frame.Stack[i][0] == SlotKind.Spill && frame.Stack[i].Spilled is { Kind: RegisterKind.Scalar, Precise: true })
                    marks.Slots(f) |= 1UL << i;
            }
        }
        if (!_precision.Walk(arrived, arrived.History.Count - 1, arrived.CurrentFrame))
            MarkAllPrecise(arrived);
        return _precision.HasMarked;
    }

    /// <summary>Takes every number of every state on the path to a state as relied on.</summary>
    private static void MarkAllPrecise(VerifierState last)
    {
        for (VerifierState? state = last.Parent; state is not null; state = state.Parent)
        {
            ForEach(state, (ref RegisterState register) =>
            {
                if (register.Kind == RegisterKind.Scalar)
                    register.Precise = true;
            });
        }
    }
}
