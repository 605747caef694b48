using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>One call frame: its registers and its stack.</summary>
internal sealed class FunctionState
{
    /// <summary>R0 to R10.</summary>
    public readonly RegisterState[] Registers = new RegisterState[11];

    /// <summary>The stack, downwards: slot 0 is the 8 bytes below the frame pointer.</summary>
    public StackSlot[] Stack = [];

    /// <summary>Slots of <see cref="Stack"/> that are in use.</summary>
    public int StackSlots;

    /// <summary>Slot of the call that made the frame; -1 for the first.</summary>
    public int CallSite;

    /// <summary>Depth: 0 for the first.</summary>
    public int FrameNumber;

    /// <summary>Index of the subprogram it runs.</summary>
    public int Subprogram;

    /// <summary>The calls that led to the function, with what is known of the stack on them.</summary>
    public CallChain Chain = null!;

    /// <summary>True in a function that a helper calls back, at once.</summary>
    public bool InCallback;

    /// <summary>True in a function that a helper calls back later.</summary>
    public bool InAsyncCallback;

    /// <summary>In a function that is called back later: which time the verifier entered it.</summary>
    public int CallbackEntry;

    /// <summary>How often a callback was entered on this path.</summary>
    public int CallbackDepth;

    /// <summary>Values a callback may return.</summary>
    public ReturnRange CallbackReturn;

    /// <summary>A register.</summary>
    public ref RegisterState this[Register register] => ref Registers[(int)register];

    /// <summary>Takes over another frame's contents.</summary>
    public void CopyFrom(FunctionState other)
    {
        Array.Copy(other.Registers, Registers, Registers.Length);
        if (Stack.Length < other.StackSlots)
            Stack = new StackSlot[other.StackSlots];
        Array.Copy(other.Stack, Stack, other.StackSlots);
        if (StackSlots > other.StackSlots)
            Array.Clear(Stack, other.StackSlots, StackSlots - other.StackSlots);
        StackSlots = other.StackSlots;
        (CallSite, FrameNumber, Subprogram, Chain) = (other.CallSite, other.FrameNumber, other.Subprogram, other.Chain);
        (InCallback, InAsyncCallback) = (other.InCallback, other.InAsyncCallback);
        (CallbackEntry, CallbackDepth, CallbackReturn) = (other.CallbackEntry, other.CallbackDepth, other.CallbackReturn);
    }

    /// <summary>Makes room for a number of bytes below the frame pointer.</summary>
    public void GrowStack(int bytes)
    {
        int slots = (bytes + 7) / 8;
        if (slots <= StackSlots)
            return;
        if (slots > Stack.Length)
            Array.Resize(ref Stack, Math.Max(slots, Math.Min(64, Stack.Length * 2)));
        StackSlots = slots;
    }
}
