using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class CallChecker
{
    private const int DynptrSize = 16; // sizeof(struct bpf_dynptr)

    public void CheckDynptr(Argument argument, Register register, int slot)
    {
        if (argument.Has(ArgumentFlags.Uninitialized))
        {
            MakeDynptr(register, argument.Has(ArgumentFlags.RingBuffer) ? DynptrKind.RingBuffer : DynptrKind.Local, slot);
            return;
        }
        ref RegisterState state = ref verifier[register];
        if (state.Kind == RegisterKind.Dynptr)
        {
            if (!argument.Has(ArgumentFlags.ReadOnly))
                throw verifier.Reject("cannot pass pointer to const bpf_dynptr, the helper mutates it");
            NoteDynptr(state);
            return;
        }
        string expected = $"Expected an initialized dynptr as arg #{(int)register - 1}";
        int index = DynptrSlotOf(register, expected);
        FunctionState frame = FrameOf(register);
        if (!IsDynptr(frame, index))
            throw verifier.Reject(expected);
        ref RegisterState dynptr = ref frame.Stack[index].Spilled;
        if (argument.Has(ArgumentFlags.RingBuffer) && dynptr.DynptrKind != DynptrKind.RingBuffer)
            throw verifier.Reject($"Expected a dynptr of type ringbuf as arg #{(int)register - 1}");
        verifier.NoteStackRead(frame, index);
        verifier.NoteStackRead(frame, index - 1);
        NoteDynptr(dynptr);
    }

    private void NoteDynptr(in RegisterState dynptr)
    {
        _facts.Dynptr = dynptr.DynptrKind;
        _facts.DynptrId = dynptr.Id;
        if (dynptr.ReferenceId != 0)
            _facts.ReferenceId = dynptr.ReferenceId;
    }

    private void CheckDynptrOwned(Register register)
    {
        if (verifier[register].Kind == RegisterKind.Dynptr)
            throw verifier.Reject("cannot release unowned const bpf_dynptr");
        string unacquired = $"arg {(int)register} is an unacquired reference";
        int index = DynptrSlotOf(register, unacquired);
        FunctionState frame = FrameOf(register);
        if (index >= frame.StackSlots || frame.Stack[index].Spilled.ReferenceId == 0)
            throw verifier.Reject(unacquired);
    }

    private void MakeDynptr(Register register, DynptrKind kind, int slot, int clonedReference = 0)
    {
        ref RegisterState state = ref verifier[register];
        const string Taken = "Dynptr has to be an uninitialized dynptr";
        if (state.Kind == RegisterKind.Dynptr)
            throw verifier.Reject(Taken);
        int index = DynptrSlotOf(register, Taken);
        FunctionState frame = FrameOf(register);
        DestroyDynptrAt(frame, index);
        DestroyDynptrAt(frame, index - 1);
        verifier.CheckHelperMemory(register, sizeof(ulong), MemoryAccess.Write, zeroAllowed: false, mayBeUninitialized: true);
        int id = verifier.NewId();
        int reference = kind != DynptrKind.RingBuffer ? 0 : clonedReference != 0 ? clonedReference : verifier.AcquireReference(slot);
        for (int i = 0; i < 2; i++)
        {
            ref StackSlot place = ref frame.Stack[index - i];
            place.Kinds = StackSlot.All(SlotKind.Dynptr);
            place.Spilled = RegisterState.Pointer(RegisterKind.Dynptr);
            place.Spilled.DynptrKind = kind;
            place.Spilled.DynptrFirst = i == 0;
            place.Spilled.Id = id;
            place.Spilled.ReferenceId = reference;
            verifier.NoteStackWrite(frame, index - i);
        }
    }

    private void ReleaseDynptr(Register register)
    {
        int reference = FrameOf(register).Stack[DynptrSlotOf(register, "")].Spilled.ReferenceId;
        for (int i = 0; i <= verifier.State.CurrentFrame; i++)
        {
            FunctionState frame = verifier.State.Frames[i]!;
            for (int index = 1; index < frame.StackSlots; index++)
            {
                if (IsDynptr(frame, index) && frame.Stack[index].Spilled.ReferenceId == reference)
                    ForgetDynptr(frame, index);
            }
        }
        verifier.ReleaseReference(reference);
    }

    /// <summary>Ends the dynptr that has a part in a stack slot, because the slot is written: it and its slices are worth nothing then.</summary>
    /// <param name="frame">The frame of the stack.</param>
    /// <param name="index">The stack slot; one outside the stack is let be.</param>
    public void DestroyDynptrAt(FunctionState frame, int index)
    {
        if (index < 0 || index >= frame.StackSlots || frame.Stack[index][0] != SlotKind.Dynptr)
            return;
        int first = frame.Stack[index].Spilled.DynptrFirst ? index : index + 1;
        if (frame.Stack[first].Spilled.DynptrKind == DynptrKind.RingBuffer)
            throw verifier.Reject("cannot overwrite referenced dynptr");
        ForgetDynptr(frame, first);
    }

    private void ForgetDynptr(FunctionState frame, int first)
    {
        int id = frame.Stack[first].Spilled.Id;
        frame.Stack[first] = default;
        frame.Stack[first - 1] = default;
        verifier.NoteStackWrite(frame, first);
        verifier.NoteStackWrite(frame, first - 1);
        for (int i = 0; i <= verifier.State.CurrentFrame; i++)
        {
            FunctionState other = verifier.State.Frames[i]!;
            foreach (ref RegisterState state in other.Registers.AsSpan())
                ForgetSlice(ref state, id);
            for (int index = 0; index < other.StackSlots; index++)
                ForgetSlice(ref other.Stack[index].Spilled, id);
        }
    }

    /// <summary>True for a piece that ends with its dynptr. Those of bpf_dynptr_slice do not: they lead to what the dynptr leads to.</summary>
    internal static bool IsSlice(in RegisterState state, int dynptr) =>
        state.Kind == RegisterKind.Memory && state.SliceOf == dynptr && state.DynptrKind == DynptrKind.None;

    private static void ForgetSlice(ref RegisterState state, int dynptr)
    {
        if (IsSlice(state, dynptr))
            state = RegisterState.UnknownScalar();
    }

    private FunctionState FrameOf(Register register) => verifier.State.Frames[verifier[register].FrameNumber]!;

    // The stack slot of a dynptr's lower half; the upper half is the slot before it.
    private int DynptrSlotOf(Register register, string refusal) => ObjectSlotOf(register, "dynptr", DynptrSize, refusal);

    // The stack slot of the lowest 8 bytes of what the kernel keeps on the program's stack.
    private int ObjectSlotOf(Register register, string name, int size, string refusal)
    {
        ref RegisterState state = ref verifier[register];
        if (!state.Var.IsConst)
            throw verifier.Reject($"{name} has to be at a constant offset\n{refusal}");
        long offset = state.Offset + (long)state.Var.Value;
        // Just above the stack counts as its first slot here; who writes there is refused for that.
        int index = (int)(-offset - 1) / 8;
        if (offset % 8 != 0 || index + 1 < size / 8)
            throw verifier.Reject($"cannot pass in {name} at an offset={offset}\n{refusal}");
        return index;
    }

    private static bool IsDynptr(FunctionState frame, int index) =>
        index < frame.StackSlots && frame.Stack[index].Spilled.DynptrFirst
        && frame.Stack[index].Kinds == StackSlot.All(SlotKind.Dynptr) && frame.Stack[index - 1].Kinds == StackSlot.All(SlotKind.Dynptr);
}
