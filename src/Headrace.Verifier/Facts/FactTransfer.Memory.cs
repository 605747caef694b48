using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class FactTransfer
{
    /// <summary>Lets a pointer learn from the access that goes through it: it was proved to be allowed on every path.</summary>
    public void Meet(FactState state, Register pointer, int displacement, int slot)
    {
        ref RegisterState register = ref state[pointer];
        ref readonly WalkedAccess access = ref walked.AccessAt(slot);
        if (!access.IsSeen || access.Kind == RegisterKind.NotInitialized)
            return;
        // A function that is verified alone counts from the memory it is given, which is part of something here.
        if (HasGlobals && access.Kind == RegisterKind.Memory)
            return;
        if (register.Kind == RegisterKind.NotInitialized)
        {
            if (access.Kind is not (RegisterKind.Packet or RegisterKind.MapValue or RegisterKind.Stack or RegisterKind.Context))
                return;
            register = RegisterState.Pointer(access.Kind);
            register.SetUnbounded();
            register.Map = access.Map;
            register.FrameNumber = access.FramesUp < 0 ? FactState.UnknownFrame : (byte)access.FramesUp;
        }
        if (register.Kind != access.Kind)
            return;
        if (register.MayBeNull)
        {
            int id = register.Id;
            register.Flags &= ~RegisterFlags.MayBeNull;
            if (id != 0)
                MarkNull(state, id, isNull: false);
        }
        register.Map ??= access.Map;
        if (register.FrameNumber == FactState.UnknownFrame && access.FramesUp >= 0 && register.Kind == RegisterKind.Stack)
            register.FrameNumber = (byte)access.FramesUp;
        RegisterState offset = NumberOf(register);
        offset.SMin = Math.Max(offset.SMin, access.MinOffset - displacement);
        offset.SMax = Math.Min(offset.SMax, access.MaxOffset - displacement);
        if (offset.SMin > offset.SMax)
            return;
        offset.Synchronize();
        register.SetNumber(offset);
    }

    private void Load(FactState state, Instruction instruction, Register from, Register to, int slot)
    {
        Meet(state, from, instruction.Offset, slot);
        int size = instruction.Opcode.SizeInBytes;
        RegisterState value = Loaded(state, state[from], instruction.Offset, size, slot);
        if (instruction.Opcode.Mode == AccessMode.MemSx)
        {
            AsNumber(ref value);
            value.SignExtend(size);
            value.Id = 0;
        }
        state[to] = value;
    }

    private RegisterState Loaded(FactState state, in RegisterState pointer, int displacement, int size, int slot)
    {
        switch (pointer.Kind)
        {
            case RegisterKind.Stack when pointer.FrameNumber == 0 && pointer.Var.IsConst:
                return LoadedFromStack(state, (int)(long)pointer.Var.Value + displacement, size, slot);
            case RegisterKind.Stack when size == 8:
                // Pointers are spilled too.
                return default;
            case RegisterKind.Context when pointer.Var.IsConst:
                ContextFieldAccess field = ContextTable.Check(
                    program.Type, program.ExpectedAttachType, (int)(long)pointer.Var.Value + displacement, size, isWrite: false);
                if (!field.IsAllowed)
                    return default;
                if (field.Kind == RegisterKind.Scalar)
                    break;
                return RegisterState.Pointer(field.Kind, field.Flags);
            case RegisterKind.MapValue when pointer.Map is not null:
                RegisterState constant = RegisterState.UnknownScalar();
                Verifier.LoadConstant(pointer, displacement, size, ref constant);
                if (constant.IsConstant)
                    return constant;
                break;
            case RegisterKind.NotInitialized or RegisterKind.Scalar when size == 8:
                return default;
            default:
                break;
        }
        RegisterState value = RegisterState.UnknownScalar();
        if (size < 8)
            value.Truncate(size);
        return value;
    }

    private static RegisterState LoadedFromStack(FactState state, int offset, int size, int slot)
    {
        foreach (ref StackCell cell in state.Cells)
        {
            if (cell.Offset != offset || cell.Size != size)
                continue;
            GiveId(state, ref cell.Value, slot);
            return cell.Value;
        }
        RegisterState value = state.ReadStack(offset, size);
        // Eight bytes that nothing is known of may hold a pointer.
        return size == 8 && value is { Kind: RegisterKind.Scalar, Var.IsUnknown: true } ? default : value;
    }

    private void Store(FactState state, Instruction instruction, int slot, FunctionSummary own)
    {
        Meet(state, instruction.Dst, instruction.Offset, slot);
        int size = instruction.Opcode.SizeInBytes;
        ref RegisterState pointer = ref state[instruction.Dst];
        if (pointer is not { Kind: RegisterKind.Stack, FrameNumber: 0, Var.IsConst: true })
        {
            Written(state, pointer, instruction.Offset, size, slot, own);
            return;
        }
        RegisterState value;
        if (instruction.Opcode.Class == OpcodeClass.St)
        {
            value = RegisterState.Constant((ulong)instruction.Immediate);
        }
        else
        {
            ref RegisterState src = ref state[instruction.Src];
            if (size == 8 || (src.Kind == RegisterKind.Scalar && src.Width <= size * 8))
                GiveId(state, ref src, slot);
            value = src;
        }
        if (size < 8 && (value.Kind != RegisterKind.Scalar || value.Width > size * 8))
        {
            AsNumber(ref value);
            value.Truncate(size);
            value.Id = 0;
        }
        state.WriteStack((int)(long)state[instruction.Dst].Var.Value + instruction.Offset, size, value);
    }

    private void Atomic(FactState state, Instruction instruction, int slot, FunctionSummary own)
    {
        var op = (AtomicOp)instruction.Imm32;
        switch (op)
        {
            case AtomicOp.LoadAcquire:
                Load(state, instruction, instruction.Src, instruction.Dst, slot);
                return;
            case AtomicOp.StoreRelease:
                Store(state, instruction, slot, own);
                return;
        }
        Meet(state, instruction.Dst, instruction.Offset, slot);
        int size = instruction.Opcode.SizeInBytes;
        RegisterState pointer = state[instruction.Dst];
        bool fetches = (instruction.Imm32 & (int)AtomicOp.Fetch) != 0;
        RegisterState old = fetches ? Loaded(state, pointer, instruction.Offset, size, slot) : default;
        Written(state, pointer, instruction.Offset, size, slot, own);
        if (!fetches)
            return;
        // What is fetched is no longer what is there.
        AsNumber(ref old);
        old.Id = 0;
        state[op == AtomicOp.CompareExchange ? Register.R0 : instruction.Src] = old;
    }

    /// <summary>Forgets what may have been written through a pointer.</summary>
    /// <param name="state">The state.</param>
    /// <param name="pointer">The pointer.</param>
    /// <param name="displacement">Added to it.</param>
    /// <param name="size">Bytes.</param>
    /// <param name="slot">The load or store; -1 for a helper, of which the walked paths say nothing.</param>
    /// <param name="own">The function's summary.</param>
    private void Written(FactState state, in RegisterState pointer, long displacement, long size, int slot, FunctionSummary own)
    {
        if (pointer.Kind == RegisterKind.Stack)
        {
            StackSpan span = pointer.SMin <= -Verifier.MaxVariableOffset || pointer.SMax >= Verifier.MaxVariableOffset
                ? StackSpan.All
                : StackSpan.Of(pointer.SMin + displacement, pointer.SMax + displacement + size);
            if (pointer.FrameNumber is 0 or FactState.UnknownFrame)
                state.ForgetStack(span);
            if (pointer.FrameNumber == FactState.UnknownFrame)
                own.WritesAnyFrame = true;
            else if (pointer.FrameNumber > 0)
                own.AddWrite(pointer.FrameNumber, span);
            return;
        }
        bool isKnown = pointer.Kind is not (RegisterKind.NotInitialized or RegisterKind.Scalar);
        if (isKnown || (slot >= 0 && walked.AccessAt(slot) is { IsSeen: true, Kind: not (RegisterKind.NotInitialized or RegisterKind.Stack or RegisterKind.Memory) }))
            return;
        state.ForgetStack(StackSpan.All);
        own.WritesAnyFrame = true;
    }
}
