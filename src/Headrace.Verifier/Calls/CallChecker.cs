using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>Checks calls of helpers and of kernel functions against their prototypes and gives R0 its meaning.</summary>
/// <remarks>
/// Reads the arguments in the current frame of <see cref="Verifier.State"/>; refuses by throwing <see cref="Verifier.Reject"/>.
/// The order of the checks is the kernel's, so that the first thing wrong is the same.
/// </remarks>
internal sealed partial class CallChecker(Verifier verifier)
{
    private readonly bool _isGpl = Licenses.IsGplCompatible(verifier.Program.License);
    private CallFacts _facts;

    private ProgramType ProgramType => verifier.Program.Type;

    /// <summary>Checks a helper call at the verifier's current instruction.</summary>
    public void CheckHelperCall(Instruction instruction, int slot)
    {
        var id = (HelperId)instruction.Imm32;
        HelperPrototype prototype = Find(id);
        _facts = new CallFacts { ReleasedArgument = -1, ConstantKey = -1 };
        for (int i = 0; i < prototype.Arguments.Length; i++)
            CheckArgument(prototype, i, slot);
        CheckMapAccess(id);
        ReleaseArgument(prototype);
        CheckSpecial(id);
        RegisterState result = ResultOf(prototype, slot);
        verifier.ForgetCallerSaved();
        verifier[Register.R0] = result;
        if (_facts.Map is { } map && !MapFunctionRules.Allows(id, map.Type, ProgramType))
            throw verifier.Reject($"cannot pass map_type {(int)map.Type} into func {Name(id)}");
        if (id == HelperId.TailCall)
            verifier.LeaveByTailCall();
        else if (prototype.Has(HelperMarks.ChangesPacket) || (id == HelperId.DynptrWrite && _facts.Dynptr == DynptrKind.Skb))
            verifier.InvalidatePacketPointers();
    }

    private HelperPrototype Find(HelperId id)
    {
        if ((int)id < 0 || (int)id >= HelperNames.Count)
            throw verifier.Reject($"invalid func {Name(id)}");
        if (verifier.State.ActiveLocks > 0 && id != HelperId.SpinUnlock)
            throw verifier.Reject("function calls are not allowed while holding a lock");
        HelperPrototype prototype = HelperPrototypes.Find(id, ProgramType)
            ?? throw verifier.Reject($"program of this type cannot use helper {Name(id)}");
        if (prototype.Has(HelperMarks.GplOnly) && !_isGpl)
            throw verifier.Reject("cannot call GPL-restricted function from non-GPL compatible program");
        if (prototype.Has(HelperMarks.MightSleep) && (verifier.Program.Flags & ProgramFlags.Sleepable) == 0)
            throw verifier.Reject("helper call might sleep in a non-sleepable prog");
        return prototype;
    }

    private void CheckMapAccess(HelperId id)
    {
        if (id == HelperId.TailCall && _facts.Map is { Type: not MapType.ProgramArray })
            throw verifier.Reject("expected prog array map for tail call");
        bool writes = id is HelperId.MapUpdateElem or HelperId.MapDeleteElem or HelperId.MapPushElem or HelperId.MapPopElem;
        if (writes && _facts.Map is { } map && MapFunctionRules.IsReadOnly(map))
            throw verifier.Reject("write into map forbidden", VerifierErrno.Access);
        if (id == HelperId.TailCall && verifier[Register.R3].IsConstant)
            verifier.MarkPrecise(Register.R3);
    }

    private void ReleaseArgument(HelperPrototype prototype)
    {
        if (_facts.ReleasedArgument < 0)
            return;
        var register = (Register)(_facts.ReleasedArgument + 1);
        if (prototype.Arguments[_facts.ReleasedArgument].Kind == ArgumentKind.Dynptr)
            ReleaseDynptr(register);
        else if (_facts.ReferenceId != 0 ? !verifier.ReleaseReference(_facts.ReferenceId) : !verifier[register].IsZero)
            throw verifier.Reject($"func {Name(prototype.Id)} reference has not been acquired before");
    }

    private void CheckSpecial(HelperId id)
    {
        switch (id)
        {
            case HelperId.TailCall:
                CheckNothingHeld("tail_call");
                break;
            case HelperId.GetLocalStorage when !verifier[Register.R2].IsZero:
                throw verifier.Reject("get_local_storage() doesn't support non-zero flags");
            case HelperId.DynptrFromMem when verifier[Register.R1].Kind != RegisterKind.MapValue:
                throw verifier.Reject($"Unsupported reg type {verifier[Register.R1].KindName} for bpf_dynptr_from_mem data");
            case HelperId.Snprintf:
                CheckFormat();
                break;
            default:
                CheckCallback(id);
                break;
        }
    }

    /// <summary>Refuses what ends the program while something is held.</summary>
    /// <param name="prefix">What ends it, as the log names it: <c>tail_call</c>, <c>BPF_EXIT instruction in main prog</c>.</param>
    public void CheckNothingHeld(string prefix)
    {
        VerifierState state = verifier.State;
        if (state.ActiveLocks > 0)
            throw verifier.Reject($"{prefix} cannot be used inside bpf_spin_lock-ed region");
        var leaks = state.References.Where(reference => reference.Kind == ReferenceKind.Pointer)
            .Select(reference => $"Unreleased reference id={reference.Id} alloc_insn={reference.Slot}").ToList();
        if (leaks.Count > 0)
            throw verifier.Reject($"{string.Join('\n', leaks)}\n{prefix} would lead to reference leak");
        if (state.ActiveRcuLock)
            throw verifier.Reject($"{prefix} cannot be used inside bpf_rcu_read_lock-ed region");
        if (state.ActivePreemptLocks > 0)
            throw verifier.Reject($"{prefix} cannot be used inside bpf_preempt_disable-ed region");
    }

    /// <summary>A helper's name as the log has it: <c>bpf_map_lookup_elem#1</c>, <c>unknown#999</c>.</summary>
    private static string Name(HelperId id) => HelperNames.IsKnown((long)id) ? $"bpf_{HelperNames.Of(id)}#{(int)id}"
        : id == HelperId.None ? "bpf_unspec#0" : $"unknown#{(int)id}";
}
