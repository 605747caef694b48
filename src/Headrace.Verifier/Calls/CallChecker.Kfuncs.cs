using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class CallChecker
{
    private const int NumberSize = 4; // what bpf_iter_num_next leads to

    /// <summary>Checks a kernel function call at the verifier's current instruction.</summary>
    public void CheckKfuncCall(int slot)
    {
        string name = verifier.Program.Kfuncs.GetValueOrDefault(slot, "<unknown>");
        if (KfuncPrototypes.Find(name) is not { } prototype || !prototype.IsFor(ProgramType))
            throw verifier.Reject($"calling kernel function {name} is not allowed", VerifierErrno.Access);
        _facts = new CallFacts { ReleasedArgument = -1, ConstantKey = -1 };
        for (int i = 0; i < prototype.Arguments.Length; i++)
            CheckKfuncArgument(prototype, i, slot);
        CheckSection(prototype);
        RegisterState result = KfuncResult(prototype);
        verifier.ForgetCallerSaved();
        verifier[Register.R0] = result;
        if (prototype.Action == KfuncAction.MovesPacket)
            verifier.InvalidatePacketPointers();
        if (prototype.Action == KfuncAction.NextOfIterator)
            verifier.GoOnWithIterator(_facts.IteratorFrame, _facts.IteratorSlot);
    }

    /// <summary>Refuses programs that call what their licence or their device does not allow, wherever the calls stand.</summary>
    public void CheckKfuncs()
    {
        foreach ((_, string name) in verifier.Program.Kfuncs.OrderBy(call => call.Key))
        {
            if (!_isGpl)
                throw verifier.Reject("cannot call kernel function from non-GPL compatible program");
            if (KfuncPrototypes.Find(name) is { Action: KfuncAction.AsksDevice } && (verifier.Program.Flags & ProgramFlags.XdpDeviceBoundOnly) == 0)
                throw verifier.Reject("metadata kfuncs require device-bound program");
        }
    }

    private void CheckKfuncArgument(KfuncPrototype prototype, int index, int slot)
    {
        var register = (Register)(index + 1);
        ref RegisterState state = ref verifier[register];
        KfuncArgument argument = prototype.Arguments[index];
        switch (argument)
        {
            case KfuncArgument.Ignored or KfuncArgument.BufferSize:
                return;
            case KfuncArgument.Number or KfuncArgument.Constant:
                if (state.Kind != RegisterKind.Scalar)
                    throw verifier.Reject($"R{index + 1} is not a scalar");
                if (argument == KfuncArgument.Constant)
                    NoteConstant(register);
                return;
        }
        if (prototype.IsTrusting && (state.IsZero || state.MayBeNull))
            throw verifier.Reject($"Possibly NULL pointer passed to trusted arg{index}", VerifierErrno.Access);
        if (state.ReferenceId != 0)
            _facts.ReferenceId = state.ReferenceId;
        CheckOffset(argument is KfuncArgument.Context ? Arguments.Context : Arguments.Any, register);
        switch (argument)
        {
            case KfuncArgument.Context when state.Kind != RegisterKind.Context:
                throw verifier.Reject($"arg#{index} expected pointer to ctx, but got {state.KindName}");
            case KfuncArgument.Dynptr or KfuncArgument.NewDynptr:
                CheckKfuncDynptr(prototype, argument, register, slot);
                break;
            case KfuncArgument.Iterator:
                CheckIterator(prototype, register, slot);
                break;
            case KfuncArgument.Short or KfuncArgument.Word or KfuncArgument.Long:
                verifier.CheckPassedMemory(register, argument switch { KfuncArgument.Short => 2, KfuncArgument.Word => 4, _ => 8 });
                break;
            case KfuncArgument.OptionalBuffer:
                CheckBuffer(index);
                break;
        }
    }

    private void CheckKfuncDynptr(KfuncPrototype prototype, KfuncArgument argument, Register register, int slot)
    {
        ref RegisterState state = ref verifier[register];
        if (state.Kind is not (RegisterKind.Stack or RegisterKind.Dynptr))
            throw verifier.Reject($"arg#{(int)register - 1} expected pointer to stack or const struct bpf_dynptr");
        if (argument == KfuncArgument.Dynptr)
        {
            CheckDynptr(Arguments.DynptrIn, register, slot);
            return;
        }
        bool clones = prototype.Action == KfuncAction.ClonesDynptr;
        DynptrKind kind = clones ? _facts.Dynptr : ProgramType == ProgramType.Xdp ? DynptrKind.Xdp : DynptrKind.Skb;
        MakeDynptr(register, kind, slot, clones ? _facts.ReferenceId : 0);
    }

    private void CheckBuffer(int index)
    {
        var memory = (Register)(index + 1);
        var size = (Register)(index + 2);
        if (!verifier[memory].IsZero)
        {
            try
            {
                verifier.CheckPassedMemory(memory, size);
            }
            catch (Rejection rejection)
            {
                throw verifier.Reject($"{rejection.Message}\narg#{index} arg#{index + 1} memory, len pair leads to invalid memory access", rejection.Errno);
            }
        }
        NoteConstant(size);
    }

    private void NoteConstant(Register register)
    {
        if (!verifier[register].Var.IsConst)
            throw verifier.Reject($"R{(int)register} must be a known constant");
        verifier.MarkPrecise(register);
        _facts.AllocationSize = (int)verifier[register].Var.Value;
    }

    private void CheckSection(KfuncPrototype prototype)
    {
        VerifierState state = verifier.State;
        switch (prototype.Action)
        {
            case KfuncAction.LocksRcu when state.ActiveRcuLock:
                throw verifier.Reject($"nested rcu read lock (kernel function {prototype.Name})");
            case KfuncAction.UnlocksRcu when !state.ActiveRcuLock:
                throw verifier.Reject($"unmatched rcu read unlock (kernel function {prototype.Name})");
            case KfuncAction.LocksRcu or KfuncAction.UnlocksRcu:
                state.ActiveRcuLock = prototype.Action == KfuncAction.LocksRcu;
                break;
            case KfuncAction.DisablesPreemption:
                state.ActivePreemptLocks++;
                break;
            case KfuncAction.EnablesPreemption:
                if (state.ActivePreemptLocks-- == 0)
                    throw verifier.Reject($"unmatched attempt to enable preemption (kernel function {prototype.Name})");
                break;
        }
    }

    private RegisterState KfuncResult(KfuncPrototype prototype)
    {
        switch (prototype.Action)
        {
            case KfuncAction.ReturnsNothing or KfuncAction.EndsIterator or KfuncAction.LocksRcu or KfuncAction.UnlocksRcu
                or KfuncAction.DisablesPreemption or KfuncAction.EnablesPreemption:
                return default;
            case KfuncAction.SlicesWritable when !verifier.MayWritePacket:
                throw verifier.Reject("the prog does not allow writes to packet data");
            case KfuncAction.Slices or KfuncAction.SlicesWritable:
                RegisterState slice = OfMemory(RegisterFlags.MayBeNull | (prototype.Action == KfuncAction.Slices ? RegisterFlags.ReadOnly : RegisterFlags.None));
                slice.SliceOf = _facts.DynptrId;
                slice.DynptrKind = _facts.Dynptr;
                slice.Id = verifier.NewId();
                return slice;
            case KfuncAction.NextOfIterator:
                RegisterState number = RegisterState.Pointer(RegisterKind.Memory, RegisterFlags.MayBeNull | RegisterFlags.ReadOnly);
                number.Detail = NumberSize;
                number.ReferenceId = _facts.ReferenceId;
                number.Id = verifier.NewId();
                return number;
            default:
                return RegisterState.UnknownScalar();
        }
    }
}
