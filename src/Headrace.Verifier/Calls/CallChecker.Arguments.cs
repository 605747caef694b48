using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier;

internal sealed partial class CallChecker
{
    private void CheckArgument(HelperPrototype prototype, int index, int slot)
    {
        Argument argument = prototype.Arguments[index];
        var register = (Register)(index + 1);
        verifier.CheckRead(register);
        if (argument.Kind == ArgumentKind.Anything)
            return;
        ref RegisterState state = ref verifier[register];
        if (state.IsPacketPointer && !TakesPacket(prototype))
            throw verifier.Reject("helper access to the packet is not allowed", VerifierErrno.Access);
        if (argument.Kind == ArgumentKind.MapValue && _facts.Map is { Type: MapType.SockMap or MapType.SockHash })
        {
            // Socket maps take sockets where other maps take memory.
            argument = argument.Flags == ArgumentFlags.None ? Arguments.AnySocket
                : throw verifier.Reject("invalid arg_type for sockmap/sockhash");
        }
        bool isNull = state.IsZero && argument.Has(ArgumentFlags.OrNull);
        if (!isNull)
        {
            CheckType(prototype, argument, register);
            CheckOffset(argument, register);
        }
        CheckReference(argument, index);
        CheckMeaning(prototype, argument, index, slot);
    }

    // Programs without direct packet access hold no packet pointers but for these, and helpers say for themselves whether they take them.
    private bool TakesPacket(HelperPrototype prototype) => prototype.Has(HelperMarks.PacketAccess) && ProgramType is
        ProgramType.Xdp or ProgramType.SchedCls or ProgramType.SchedAct or ProgramType.LwtIn or ProgramType.LwtOut or ProgramType.LwtXmit
        or ProgramType.LwtSeg6local or ProgramType.SkSkb or ProgramType.SkMsg or ProgramType.SkReuseport or ProgramType.FlowDissector or ProgramType.CgroupSkb;

    private void CheckType(HelperPrototype prototype, Argument argument, Register register)
    {
        ref RegisterState state = ref verifier[register];
        RegisterFlags flags = state.Flags;
        if (argument.Has(ArgumentFlags.ReadOnly))
            flags &= ~RegisterFlags.ReadOnly;
        if (argument.Has(ArgumentFlags.OrNull))
            flags &= ~RegisterFlags.MayBeNull;
        ReadOnlySpan<RegisterState> taken = ArgumentTypes.Of(argument.Kind);
        foreach (ref readonly RegisterState type in taken)
        {
            if (type.Kind != state.Kind || type.Flags != flags)
                continue;
            if (state.Kind == RegisterKind.BtfObject && argument.Kind == ArgumentKind.Memory && !argument.Has(ArgumentFlags.ReadOnly))
                throw verifier.Reject($"bpf_{HelperNames.Of(prototype.Id)}() may write into memory pointed by R{(int)register} type={state.KindName}", VerifierErrno.Access);
            return;
        }
        var names = new List<string>(taken.Length);
        foreach (ref readonly RegisterState type in taken)
            names.Add(type.KindName);
        throw verifier.Reject($"R{(int)register} type={state.KindName} expected={string.Join(", ", names)}", VerifierErrno.Access);
    }

    public void CheckOffset(Argument argument, Register register)
    {
        ref RegisterState state = ref verifier[register];
        if (argument.Has(ArgumentFlags.Release))
        {
            if (argument.Kind == ArgumentKind.Dynptr && state.Kind is RegisterKind.Stack or RegisterKind.Dynptr)
                return;
            if (state.Kind is not RegisterKind.Scalar && (state.Offset != 0 || !state.Var.IsConst || state.Var.Value != 0))
            {
                if (state.Offset != 0)
                    throw verifier.Reject($"R{(int)register} must have zero offset when passed to release func or trusted arg to kfunc");
                verifier.CheckPointerOffset(register, state, fixedAllowed: false);
            }
            return;
        }
        switch (state.Kind)
        {
            case RegisterKind.Stack or RegisterKind.Packet or RegisterKind.PacketMeta or RegisterKind.MapKey or RegisterKind.MapValue
                or RegisterKind.Memory or RegisterKind.Buffer or RegisterKind.Arena or RegisterKind.Scalar:
                return;
            case RegisterKind.BtfObject:
                verifier.CheckPointerOffset(register, state, fixedAllowed: true);
                return;
            default:
                verifier.CheckPointerOffset(register, state, fixedAllowed: false);
                return;
        }
    }

    private void CheckReference(Argument argument, int index)
    {
        var register = (Register)(index + 1);
        ref RegisterState state = ref verifier[register];
        if (argument.Has(ArgumentFlags.Release))
        {
            if (argument.Kind == ArgumentKind.Dynptr)
                CheckDynptrOwned(register);
            else if (state.ReferenceId == 0 && !state.IsZero)
                throw verifier.Reject($"R{(int)register} must be referenced when passed to release function");
            _facts.ReleasedArgument = index;
        }
        if (state.ReferenceId == 0 || argument.Kind == ArgumentKind.PointerSlot)
            return;
        if (_facts.ReferenceId != 0)
            throw verifier.Reject($"more than one arg with ref_obj_id R{(int)register} {state.ReferenceId} {_facts.ReferenceId}", VerifierErrno.Access);
        _facts.ReferenceId = state.ReferenceId;
    }

    private void CheckMeaning(HelperPrototype prototype, Argument argument, int index, int slot)
    {
        var register = (Register)(index + 1);
        ref RegisterState state = ref verifier[register];
        MemoryAccess access = argument.Has(ArgumentFlags.Write) ? MemoryAccess.Write : MemoryAccess.Read;
        bool uninitialized = argument.Has(ArgumentFlags.Uninitialized);
        switch (argument.Kind)
        {
            case ArgumentKind.Map:
                NoteMap(state);
                break;
            case ArgumentKind.MapKey:
                verifier.CheckHelperMemory(register, (int)MapOf("key").KeySize, MemoryAccess.Read, false, false);
                _facts.ConstantKey = ConstantKeyAt(register, MapOf("key"));
                break;
            case ArgumentKind.MapValue when !(state.IsZero && argument.Has(ArgumentFlags.OrNull)):
                verifier.CheckHelperMemory(register, (int)MapOf("value").ValueSize, access, false, uninitialized);
                break;
            case ArgumentKind.Memory when argument.Size > 0:
                verifier.CheckHelperMemory(register, argument.Size, access, false, uninitialized);
                if (argument.Has(ArgumentFlags.Aligned))
                    verifier.CheckAlignment(state, 0, argument.Size, strict: true);
                break;
            case ArgumentKind.Size or ArgumentKind.SizeOrZero:
                Argument memory = prototype.Arguments[index - 1];
                _facts.GreatestSize = state.UMax;
                verifier.CheckHelperMemorySize((Register)index, register, memory.Has(ArgumentFlags.Write) ? MemoryAccess.Write : MemoryAccess.Read,
                    argument.Kind == ArgumentKind.SizeOrZero, memory.Has(ArgumentFlags.Uninitialized));
                break;
            case ArgumentKind.AllocationSize:
                if (!state.Var.IsConst)
                    throw verifier.Reject($"R{(int)register} is not a known constant'", VerifierErrno.Access);
                _facts.AllocationSize = (int)state.Var.Value;
                verifier.MarkPrecise(register);
                break;
            case ArgumentKind.SpinLock:
                CheckSpinLock(register, prototype.Id == HelperId.SpinLock, slot);
                break;
            case ArgumentKind.Timer:
                CheckField(register, MapFieldKind.Timer, "bpf_timer");
                NoteMap(state);
                break;
            case ArgumentKind.PointerSlot:
                CheckPointerSlot(register);
                break;
            case ArgumentKind.Function:
                _facts.Subprogram = state.Detail;
                break;
            case ArgumentKind.ConstantString:
                CheckConstantString(register);
                break;
            case ArgumentKind.Dynptr:
                CheckDynptr(argument, register, slot);
                break;
            default:
                break;
        }
    }

    private void NoteMap(in RegisterState state)
    {
        if (_facts.Map is not null && (_facts.Map != state.Map || _facts.MapUid != state.MapUid))
            throw verifier.Reject($"timer pointer in R1 map_uid={_facts.MapUid} doesn't match map pointer in R2 map_uid={state.MapUid}");
        _facts.Map = state.Map;
        _facts.MapUid = state.MapUid;
    }

    private MapSpec MapOf(string part) => _facts.Map ?? throw verifier.Reject($"invalid map_ptr to access map->{part}", VerifierErrno.Access);

    /// <summary>The key behind a pointer to the stack when it is a constant that will stay one in every state pruned here; -1 otherwise.</summary>
    private long ConstantKeyAt(Register register, MapSpec map)
    {
        ref RegisterState key = ref verifier[register];
        if (map.Type is not (MapType.Array or MapType.PerCpuArray) || key.Kind != RegisterKind.Stack || !key.Var.IsConst)
            return -1;
        FunctionState frame = verifier.State.Frames[key.FrameNumber]!;
        long offset = key.Offset + (long)key.Var.Value;
        int slot = (int)(-offset - 1) / 8;
        int first = (int)(offset + (slot + 1) * 8L);
        if (offset >= 0 || slot >= frame.StackSlots)
            return -1;
        ref StackSlot place = ref frame.Stack[slot];
        if (CountFrom(place, first, SlotKind.Zero) >= map.KeySize)
            return 0;
        bool isScalarSpill = place[0] == SlotKind.Spill && place.Spilled.Kind == RegisterKind.Scalar;
        if (!isScalarSpill || CountFrom(place, first, SlotKind.Spill) != map.KeySize || !place.Spilled.Var.IsConst)
            return -1;
        verifier.MarkStackPrecise(key.FrameNumber, slot);
        return (long)place.Spilled.Var.Value;
    }

    private static int CountFrom(in StackSlot slot, int first, SlotKind kind)
    {
        int count = 0;
        while (first + count < 8 && slot[first + count] == kind)
            count++;
        return count;
    }
}
