using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class Verifier
{
    // Returns false at the end of a path.
    private bool CheckJump(Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        _jumps++;
        switch (opcode.JumpOp)
        {
            case JumpOp.Call:
                CheckCall(instruction);
                return true;
            case JumpOp.Ja:
                _next = Slot + 1 + (opcode.Is32 ? instruction.Imm32 : instruction.Offset);
                return true;
            case JumpOp.Exit:
                return CheckExit();
            default:
                CheckBranch(instruction);
                return true;
        }
    }

    private void CheckCall(Instruction instruction)
    {
        if (State.ActiveLocks > 0 && !MayCallUnderLock(instruction))
            throw Reject("function calls are not allowed while holding a lock");
        switch (instruction.CallKind)
        {
            case CallKind.Local:
                CheckLocalCall(instruction);
                break;
            case CallKind.Kfunc:
                _calls.CheckKfuncCall(Slot);
                break;
            default:
                _calls.CheckHelperCall(instruction, Slot);
                break;
        }
    }

    private bool MayCallUnderLock(Instruction instruction) => instruction.CallKind switch
    {
        CallKind.Helper => (HelperId)instruction.Imm32 == HelperId.SpinUnlock,
        CallKind.Local => !IsGlobal(_flow.Find(Slot + 1 + instruction.Imm32)),
        CallKind.Kfunc => KfuncPrototypes.At(Program, Slot) is { IsOfIterator: true },
        _ => false,
    };

    private void CheckLocalCall(Instruction instruction)
    {
        int subprogram = _flow.Find(Slot + 1 + instruction.Imm32);
        SubprogramPrototype? prototype = _prototypes[subprogram];
        // A static function's arguments are looked at as well, and the memory it is passed taken as written, for as long as its type is true.
        string? wrong = prototype is null or { IsUnreliable: true } ? null : prototype.CheckCall(this, _calls);
        if (IsGlobal(subprogram))
        {
            CheckGlobalCall(prototype!, subprogram, wrong);
            return;
        }
        if (wrong is not null)
            prototype!.IsUnreliable = true;
        if (State.CurrentFrame + 1 >= VerifierState.MaxFrames)
            throw Reject($"the call stack of {State.CurrentFrame + 2} frames is too deep", VerifierErrno.TooBig);
        FunctionState caller = Frame;
        FunctionState callee = EnterFrame(State, subprogram, Slot);
        Array.Copy(caller.Registers, 1, callee.Registers, 1, 5);
        ForgetCallerSaved(caller);
        _next = _flow.Starts[subprogram];
        if (Log.IsVerbose)
            LogCall(caller, callee);
        _changedRegisters = AllRegisters;
    }

    private static FunctionState EnterFrame(VerifierState state, int subprogram, int callSite)
    {
        CallChain chain = state.Current.Chain.Callee(callSite, subprogram);
        state.CurrentFrame++;
        var callee = new FunctionState { FrameNumber = state.CurrentFrame, Subprogram = subprogram, CallSite = callSite, Chain = chain };
        callee.Registers[10] = RegisterState.Pointer(RegisterKind.Stack);
        callee.Registers[10].FrameNumber = (byte)state.CurrentFrame;
        state.Frames[state.CurrentFrame] = callee;
        return callee;
    }

    private bool CheckExit()
    {
        bool isMain = State.CurrentFrame == 0;
        if (isMain)
            CheckNothingHeld("BPF_EXIT instruction in main prog");
        if (!isMain)
        {
            Return();
            return true;
        }
        CheckReturnValue();
        return false;
    }

    /// <summary>Refuses a place where locks or references must not be held.</summary>
    /// <param name="place">How the message begins.</param>
    public void CheckNothingHeld(string place)
    {
        if (State.ActiveLocks > 0)
            throw Reject($"{place} cannot be used inside bpf_spin_lock-ed region");
        foreach (Reference reference in State.References)
        {
            if (reference.Kind == ReferenceKind.Pointer)
                throw Reject($"Unreleased reference id={reference.Id} alloc_insn={reference.Slot}\n{place} would lead to reference leak");
        }
        if (State.ActiveRcuLock)
            throw Reject($"{place} cannot be used inside bpf_rcu_read_lock-ed region");
        if (State.ActivePreemptLocks > 0)
            throw Reject($"{place} cannot be used inside bpf_preempt_disable-ed region");
    }

    /// <summary>Refuses what cannot be done while a reference or lock is held (legacy loads, tail calls).</summary>
    private void CheckLeaks(string place) => CheckNothingHeld(place);

    private void Return()
    {
        FunctionState callee = Frame;
        ref RegisterState result = ref callee.Registers[0];
        if (result.Kind == RegisterKind.Stack)
            throw Reject("cannot return stack pointer to the caller");
        FunctionState caller = State.Frames[State.CurrentFrame - 1]!;
        if (callee.InCallback)
        {
            if (result.Kind != RegisterKind.Scalar)
                throw Reject("R0 not a scalar value", VerifierErrno.Access);
            MarkPrecise(Register.R0);
            if (!Within(result, callee.CallbackReturn))
                throw Reject(InvalidScalar(result, callee.CallbackReturn, "At callback return", "R0"));
        }
        else
        {
            caller.Registers[0] = result;
        }
        _next = callee.InCallback ? callee.CallSite : callee.CallSite + 1;
        bool inCallback = callee.InCallback;
        if (Log.IsVerbose)
        {
            Log.WriteLine("returning from callee:");
            Log.WriteLine(StateText.Of(State, callee.FrameNumber));
        }
        UpdateLiveStack();
        State.Frames[State.CurrentFrame] = null;
        State.CurrentFrame--;
        if (inCallback && FindEarlier(_next, State.Parent) is { } earlier)
            Widen(earlier, State);
        if (Log.IsVerbose)
        {
            Log.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"to caller at {_next}:"));
            Log.WriteLine(StateText.Of(State, caller.FrameNumber));
            (_isResumed, _from) = (true, Slot);
        }
    }

    private void CheckReturnValue()
    {
        CheckRead(Register.R0);
        ref RegisterState result = ref this[Register.R0];
        if (_subprogramAlone >= 0 && IsGlobal(_subprogramAlone) && _subprogramAlone != 0)
        {
            if (result.Kind != RegisterKind.Scalar)
                throw Reject($"At subprogram exit the register R0 is not a scalar value ({result.KindName})");
            return;
        }
        ReturnRange? range = Frame.InAsyncCallback ? new ReturnRange(0, 0) : ReturnRules.Of(Program.Type, Program.ExpectedAttachType);
        if (range is not { } allowed)
            return;
        string place = Frame.InAsyncCallback ? "At async callback return" : "At program exit";
        if (result.Kind != RegisterKind.Scalar)
            throw Reject($"{place} the register R0 is not a known value ({result.KindName})");
        MarkPrecise(Register.R0);
        if (!Within(result, allowed))
            throw Reject(InvalidScalar(result, allowed, place, "R0"));
    }

    private static bool Within(in RegisterState register, ReturnRange range) => register.SMin >= range.Min && register.SMax <= range.Max;

    private static string InvalidScalar(in RegisterState register, ReturnRange range, string place, string name)
    {
        string known = "";
        if (register.SMin > long.MinValue)
            known += $" smin={register.SMin}";
        if (register.SMax < long.MaxValue)
            known += $" smax={register.SMax}";
        if (known.Length == 0)
            known = " unknown scalar value";
        return $"{place} the register {name} has{known} should have been in [{range.Min}, {range.Max}]";
    }
}
