using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class CallChecker
{
    private const int IteratorSize = 8; // sizeof(struct bpf_iter_num)

    private void CheckIterator(KfuncPrototype prototype, Register register, int slot)
    {
        int argument = (int)register - 1;
        if (verifier[register].Kind != RegisterKind.Stack)
            throw verifier.Reject($"arg#{argument} expected pointer to an iterator on stack");
        bool begins = prototype.Action == KfuncAction.BeginsIterator;
        string refusal = begins ? $"expected uninitialized iter_num as arg #{argument}" : $"expected an initialized iter_num as arg #{argument}";
        int index = ObjectSlotOf(register, "iter", IteratorSize, refusal);
        FunctionState frame = FrameOf(register);
        bool isThere = index < frame.StackSlots;
        if (begins)
        {
            if (isThere && HoldsIterator(frame.Stack[index].Kinds))
                throw verifier.Reject(refusal);
            verifier.CheckStackWrite(register, IteratorSize);
            ref StackSlot place = ref frame.Stack[index];
            place.Kinds = StackSlot.All(SlotKind.Iterator);
            place.Spilled = RegisterState.Pointer(RegisterKind.Stack);
            place.Spilled.ReferenceId = verifier.AcquireReference(slot);
            return;
        }
        if (!isThere || frame.Stack[index].Kinds != StackSlot.All(SlotKind.Iterator))
            throw verifier.Reject(refusal);
        _facts.IteratorFrame = frame.FrameNumber;
        _facts.IteratorSlot = index;
        _facts.ReferenceId = frame.Stack[index].Spilled.ReferenceId;
        if (prototype.Action != KfuncAction.EndsIterator)
            return;
        frame.Stack[index] = default;
        verifier.ReleaseReference(_facts.ReferenceId);
    }

    private static bool HoldsIterator(ulong kinds)
    {
        for (int i = 0; i < 8; i++, kinds >>= 8)
        {
            if ((SlotKind)(byte)kinds == SlotKind.Iterator)
                return true;
        }
        return false;
    }
}
