using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class Verifier
{
    /// <summary>Bytes of stack a frame may use.</summary>
    public const int MaxStack = 512;

    private FunctionState FrameOf(in RegisterState pointer) => State.Frames[pointer.FrameNumber]!;

    /// <summary>Checks that an access lies inside the stack and makes room for it.</summary>
    private void CheckStackBounds(Register name, int offset, int size, MemoryAccess access)
    {
        ref RegisterState register = ref this[name];
        string kind = access == MemoryAccess.Read ? " read from" : " write to";
        long min, max;
        if (register.Var.IsConst)
        {
            min = (long)register.Var.Value + offset;
            max = min + size;
        }
        else
        {
            if (register.SMax >= MaxVariableOffset || register.SMin <= -MaxVariableOffset)
                throw Reject($"invalid unbounded variable-offset{kind} stack R{(int)name}", VerifierErrno.Access);
            min = register.SMin + offset;
            max = register.SMax + offset + size;
        }
        int errno = min is < -MaxStack or > -1 ? VerifierErrno.Access : max > 0 ? VerifierErrno.Invalid : 0;
        if (errno != 0)
        {
            throw Reject(register.Var.IsConst
                ? $"invalid{kind} stack R{(int)name} off={min} size={size}"
                : $"invalid variable-offset{kind} stack R{(int)name} var_off={register.Var} off={offset} size={size}", errno);
        }
        FunctionState frame = FrameOf(register);
        frame.GrowStack((int)-min);
        NoteStackDepth(frame, (int)-min);
    }

    // Slot i holds the bytes from -8 * (i + 1) to -8 * i - 1.
    private static (int Slot, int Byte) Locate(int offset) => ((-offset - 1) >> 3, offset & 7);

    private RegisterState ReadStack(Register name, int offset, int size, Register value)
    {
        ref RegisterState pointer = ref this[name];
        FunctionState frame = FrameOf(pointer);
        if (!pointer.Var.IsConst)
        {
            if (value == NoRegister)
                throw Reject($"variable offset stack pointer cannot be passed into helper function; var_off={pointer.Var} off={offset} size={size}", VerifierErrno.Access);
            CheckStackRange(name, offset, size, false, MemoryAccess.Read, false);
            int from = (int)(pointer.SMin + offset), to = (int)(pointer.SMax + offset) + size;
            return ReadBytes(frame, from, to);
        }
        offset += (int)(long)pointer.Var.Value;
        (int index, int first) = Locate(offset);
        NoteStackRead(frame, index);
        _changedSlots |= 1UL << index;
        ref StackSlot slot = ref frame.Stack[index];
        if (slot[0] != SlotKind.Spill)
        {
            NoteStackStep(frame, index);
            CheckNotSpecial(ref slot, first, size, offset);
            return ReadBytes(frame, offset, offset + size);
        }
        int spilled = SpilledBytes(slot);
        if (size == 8 && spilled == 8)
        {
            NoteStackStep(frame, index);
            return slot.Spilled;
        }
        if (slot.Spilled.Kind != RegisterKind.Scalar)
            throw Reject("invalid size of register fill", VerifierErrno.Access);
        if (value == NoRegister)
            return RegisterState.UnknownScalar();
        if (size <= spilled && first == 0)
        {
            NoteStackStep(frame, index);
            RegisterState filled = slot.Spilled;
            if (filled.Width > size * 8)
                Unlink(ref filled);
            return filled;
        }
        return ReadPartOfSpill(frame, index, first, size);
    }

    private RegisterState ReadPartOfSpill(FunctionState frame, int index, int first, int size)
    {
        ref StackSlot slot = ref frame.Stack[index];
        int fromSpill = 0, zeros = 0;
        for (int i = first; i < first + size; i++)
        {
            fromSpill += slot[i] == SlotKind.Spill ? 1 : 0;
            zeros += slot[i] == SlotKind.Zero ? 1 : 0;
        }
        if ((fromSpill == size && slot.Spilled.IsZero) || zeros == size)
        {
            NoteStackStep(frame, index);
            return RegisterState.Constant(0);
        }
        return RegisterState.UnknownScalar();
    }

    private void CheckNotSpecial(ref StackSlot slot, int first, int size, int offset)
    {
        for (int i = first; i < first + size; i++)
        {
            if (slot[i] is SlotKind.Dynptr or SlotKind.Iterator or SlotKind.IrqFlag)
                throw Reject($"invalid read from stack off {offset}+{i - first} size {size}", VerifierErrno.Access);
        }
    }

    private RegisterState ReadBytes(FunctionState frame, int from, int to)
    {
        for (int offset = from; offset < to; offset++)
        {
            (int index, int at) = Locate(offset);
            _changedSlots |= 1UL << index;
            if (frame.Stack[index][at] != SlotKind.Zero)
                return RegisterState.UnknownScalar();
        }
        return RegisterState.Constant(0);
    }

    private static int SpilledBytes(in StackSlot slot)
    {
        int bytes = 0;
        while (bytes < 8 && slot[bytes] == SlotKind.Spill)
            bytes++;
        return bytes;
    }

    private void WriteStack(Register name, int offset, int size, Register value)
    {
        ref RegisterState pointer = ref this[name];
        FunctionState frame = FrameOf(pointer);
        bool immediate = value == NoRegister && Code[Slot].Opcode.Class == OpcodeClass.St;
        if (pointer.Var.IsConst)
            WriteFixed(frame, offset + (int)(long)pointer.Var.Value, size, value, immediate);
        else
            WriteVariable(frame, (int)(pointer.SMin + offset), (int)(pointer.SMax + offset) + size, value, immediate);
    }

    private void WriteFixed(FunctionState frame, int offset, int size, Register value, bool immediate)
    {
        (int index, int first) = Locate(offset);
        DestroySpecial(frame, index, index);
        if (size == 8 && first == 0)
            NoteStackWrite(frame, index);
        NoteStackStep(frame, index);
        ref StackSlot slot = ref frame.Stack[index];
        if (first == 0 && value != NoRegister && this[value].Kind == RegisterKind.Scalar)
        {
            ref RegisterState source = ref this[value];
            bool fits = source.Width <= size * 8;
            if (fits)
                GiveId(ref source);
            Spill(ref slot, source, size);
            if (!fits)
                Unlink(ref slot.Spilled);
            return;
        }
        if (first == 0 && immediate)
        {
            Spill(ref slot, RegisterState.Constant((ulong)Code[Slot].Immediate), size);
            return;
        }
        if (value != NoRegister && this[value].Kind != RegisterKind.Scalar)
        {
            if (size != 8)
                throw Reject("invalid size of register spill", VerifierErrno.Access);
            if (frame != Frame && this[value].Kind == RegisterKind.Stack)
                throw Reject("cannot spill pointers to stack into stack frame of the caller");
            Spill(ref slot, this[value], size);
            return;
        }
        SlotKind kind = SlotKind.Misc;
        if (slot[0] == SlotKind.Spill)
            ScrubSpill(ref slot);
        slot.Spilled = default;
        if (value != NoRegister ? this[value].IsZero : immediate && Code[Slot].Imm32 == 0)
        {
            kind = SlotKind.Zero;
            if (value != NoRegister)
                MarkPrecise(value);
        }
        for (int i = first; i < first + size; i++)
            slot.Set(i, kind);
    }

    private void WriteVariable(FunctionState frame, int from, int to, Register value, bool immediate)
    {
        bool zero = value != NoRegister ? this[value].IsZero : immediate && Code[Slot].Imm32 == 0;
        bool zeroUsed = false;
        DestroySpecial(frame, Locate(to - 1).Slot, Locate(from).Slot);
        for (int offset = from; offset < to; offset++)
        {
            (int index, int at) = Locate(offset);
            ref StackSlot slot = ref frame.Stack[index];
            _changedSlots |= 1UL << index;
            if (zero && slot[at] == SlotKind.Spill && slot.Spilled.IsZero)
            {
                zeroUsed = true;
                continue;
            }
            if (slot[0] == SlotKind.Spill)
                ScrubSpill(ref slot);
            slot.Spilled = default;
            bool stays = zero && slot[at] == SlotKind.Zero;
            zeroUsed |= stays;
            slot.Set(at, stays ? SlotKind.Zero : SlotKind.Misc);
        }
        if (zeroUsed && value != NoRegister)
            MarkPrecise(value);
    }

    private static void Spill(ref StackSlot slot, in RegisterState value, int size)
    {
        slot.Spilled = value;
        for (int i = 0; i < size; i++)
            slot.Set(i, SlotKind.Spill);
        for (int i = size; i < 8; i++)
            MakeMisc(ref slot, i);
    }

    // Bytes never written stay so: reading them is allowed and gives any number, and older states then compare better.
    private static void MakeMisc(ref StackSlot slot, int at)
    {
        if (slot[at] is not (SlotKind.Zero or SlotKind.Invalid))
            slot.Set(at, SlotKind.Misc);
    }

    private static void ScrubSpill(ref StackSlot slot)
    {
        for (int i = 0; i < 8; i++)
        {
            if (slot[i] == SlotKind.Spill)
                slot.Set(i, SlotKind.Misc);
        }
    }

    /// <summary>Writes what nobody knows over bytes of the stack, in whole slots.</summary>
    public void CheckStackWrite(Register pointer, int size)
    {
        for (int offset = 0; offset < size; offset += 8)
            CheckMemory(pointer, offset, 8, MemoryAccess.Write, NoRegister);
    }

    /// <summary>Checks stack memory that a helper, or a load at a variable offset, touches.</summary>
    private void CheckStackRange(Register name, int offset, int size, bool zeroAllowed, MemoryAccess access, bool mayBeUninitialized)
    {
        if (size == 0 && !zeroAllowed)
            throw Reject("invalid zero-sized read", VerifierErrno.Access);
        CheckStackBounds(name, offset, size, access == MemoryAccess.Read ? MemoryAccess.Read : MemoryAccess.Write);
        ref RegisterState register = ref this[name];
        FunctionState frame = FrameOf(register);
        int from = (int)(register.Var.IsConst ? (long)register.Var.Value : register.SMin) + offset;
        int to = (int)(register.Var.IsConst ? (long)register.Var.Value : register.SMax) + offset + size;
        if (size == 0)
            to = Math.Min(to, 0);
        bool writes = (access & MemoryAccess.Write) != 0;
        if (mayBeUninitialized && register.Var.IsConst)
        {
            for (int at = from; at < to; at++)
                CheckNoDynptr(frame, at);
            for (int at = from; at < to; at++)
                Overwrite(frame, at);
            return;
        }
        for (int at = from; at < to; at++)
        {
            (int index, int inSlot) = Locate(at);
            NoteStackRead(frame, index);
            ref StackSlot slot = ref frame.Stack[index];
            switch (slot[inSlot])
            {
                case SlotKind.Misc:
                    break;
                case SlotKind.Zero or SlotKind.Invalid:
                    if (writes)
                        slot.Set(inSlot, SlotKind.Misc);
                    break;
                case SlotKind.Spill:
                    if (writes)
                    {
                        slot.Spilled.BecomeUnknown();
                        ScrubSpill(ref slot);
                    }
                    break;
                default:
                    throw Reject(register.Var.IsConst
                        ? $"invalid read from stack R{(int)name} off {from}+{at - from} size {size}"
                        : $"invalid read from stack R{(int)name} var_off {register.Var}+{at - from} size {size}", VerifierErrno.Access);
            }
        }
    }

    private void CheckNoDynptr(FunctionState frame, int offset)
    {
        (int index, int at) = Locate(offset);
        if (frame.Stack[index][at] == SlotKind.Dynptr)
            throw Reject($"potential write to dynptr at off={offset} disallowed", VerifierErrno.Access);
    }

    private void Overwrite(FunctionState frame, int offset)
    {
        (int index, int at) = Locate(offset);
        _changedSlots |= 1UL << index;
        ref StackSlot slot = ref frame.Stack[index];
        if (slot[0] == SlotKind.Spill)
            ScrubSpill(ref slot);
        slot.Spilled = default;
        slot.Set(at, SlotKind.Misc);
    }

    // A write over part of a dynptr ends it; one that holds a reference cannot be written over.
    private void DestroySpecial(FunctionState frame, int first, int last)
    {
        for (int index = first; index <= last; index++)
        {
            if (frame.Stack[index][0] != SlotKind.Dynptr && frame.Stack[index][7] != SlotKind.Dynptr)
                continue;
            ref StackSlot slot = ref frame.Stack[index];
            if (slot.Spilled.ReferenceId != 0 && slot.Spilled.DynptrKind == DynptrKind.RingBuffer)
                throw Reject("cannot overwrite referenced dynptr");
            int other = slot.Spilled.DynptrFirst ? index - 1 : index + 1;
            int id = slot.Spilled.Id;
            slot = default;
            frame.Stack[other] = default;
            NoteStackWrite(frame, index);
            NoteStackWrite(frame, other);
            ForgetSlices(id);
        }
    }

    private void ForgetSlices(int dynptrId)
    {
        if (dynptrId == 0)
            return;
        for (int frame = 0; frame <= State.CurrentFrame; frame++)
        {
            foreach (ref RegisterState register in State.Frames[frame]!.Registers.AsSpan())
            {
                if (CallChecker.IsSlice(register, dynptrId))
                    register.BecomeUnknown();
            }
        }
    }

    private void NoteStackStep(FunctionState frame, int index)
    {
        List<HistoryStep> history = State.History;
        HistoryStep step = history[^1];
        if (step.StackFrame < 0 && !_flow.IsJumpPoint[Slot])
            State.HistoryWeight++;
        _changedSlots |= 1UL << index;
        history[^1] = step with { StackFrame = (sbyte)frame.FrameNumber, StackIndex = (byte)index };
    }

    private void NoteStackDepth(FunctionState frame, int bytes)
    {
        ref int depth = ref _stackDepths[frame.Subprogram];
        depth = Math.Max(depth, bytes);
    }
}
