using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier;

internal sealed partial class FactTransfer
{
    /// <summary>Is given the state at the start of a function that a call enters.</summary>
    public Action<int, FactState> Enters { get; init; } = (_, _) => { };

    /// <summary>What a call goes to, by what its registers hold.</summary>
    public CallTarget TargetOf(FactState state, int slot)
    {
        Instruction instruction = _code[slot];
        switch (instruction.CallKind)
        {
            case CallKind.Local:
                return new CallTarget(CallKind.Local, HelperId.None, null, flow.Find(slot + 1 + instruction.Imm32), null, -1);
            case CallKind.Kfunc:
                return new CallTarget(CallKind.Kfunc, HelperId.None, program.Kfuncs.GetValueOrDefault(slot), -1, null, -1);
        }
        var id = (HelperId)instruction.Imm32;
        MapSpec? map = MapOf(state, id);
        return new CallTarget(CallKind.Helper, id, null, CallbackOf(state, id), map, IndexOf(map));
    }

    private void Call(FactState state, Instruction instruction, int slot, FunctionSummary own)
    {
        switch (instruction.CallKind)
        {
            case CallKind.Local:
                CallLocal(state, flow.Find(slot + 1 + instruction.Imm32), slot, own);
                break;
            case CallKind.Kfunc:
                CallUnknown(state, own);
                break;
            default:
                CallHelper(state, (HelperId)instruction.Imm32, slot, own);
                break;
        }
    }

    private void CallLocal(FactState state, int callee, int slot, FunctionSummary own)
    {
        FactState entry = FactState.Entry();
        entry.PacketBytes = state.PacketBytes;
        for (Register r = Register.R1; r <= Register.R5; r++)
            entry[r] = Lowered(state[r]);
        Enters(callee, entry);
        FunctionSummary summary = summaries[callee];
        AddEffects(state, summary, own);
        state.PacketBytes = summary.ChangesPacket ? summary.PacketBytes : Math.Max(state.PacketBytes, summary.PacketBytes);
        ForgetCallerSaved(state);
        RegisterState result = summary.Result;
        result.Id = 0;
        // A frame below is gone.
        state[Register.R0] = result.Kind == RegisterKind.Stack ? default : result;
        GiveId(state, ref state[Register.R0], slot);
    }

    /// <summary>True when a call can come back: a function that never does has nothing behind its calls.</summary>
    public bool Returns(int slot) =>
        _code[slot].CallKind != CallKind.Local || summaries[flow.Find(slot + 1 + _code[slot].Imm32)].Returns;

    // A pointer to a frame, as the function called there sees it.
    private static RegisterState Lowered(in RegisterState value)
    {
        RegisterState lowered = value;
        if (value.Kind == RegisterKind.Stack && value.FrameNumber < VerifierState.MaxFrames)
            lowered.FrameNumber++;
        return lowered;
    }

    private static void AddEffects(FactState state, FunctionSummary callee, FunctionSummary own)
    {
        if (callee.WritesAnyFrame)
        {
            state.ForgetStack(StackSpan.All);
            own.WritesAnyFrame = true;
        }
        if (!callee.Writes(1).IsEmpty)
            state.ForgetStack(callee.Writes(1));
        for (int up = 2; up < VerifierState.MaxFrames; up++)
        {
            if (!callee.Writes(up).IsEmpty)
                own.AddWrite(up - 1, callee.Writes(up));
        }
        if (callee.Releases)
        {
            own.Releases = true;
            state.ForgetWhere(register => register.ReferenceId != 0);
        }
        if (callee.ChangesPacket)
        {
            own.ChangesPacket = true;
            state.ForgetPacket();
        }
    }

    // A kernel function may do anything with what it is given.
    private static void CallUnknown(FactState state, FunctionSummary own)
    {
        state.ForgetStack(StackSpan.All);
        own.WritesAnyFrame = own.ChangesPacket = own.Releases = true;
        state.ForgetPacket();
        state.ForgetWhere(register => register.ReferenceId != 0);
        ForgetCallerSaved(state);
    }

    private void CallHelper(FactState state, HelperId id, int slot, FunctionSummary own)
    {
        if (HelperPrototypes.Find(id, program.Type) is not { } prototype)
        {
            CallUnknown(state, own);
            return;
        }
        RegisterState result = ResultOf(state, prototype);
        CallBack(state, id, own);
        for (int i = 0; i < prototype.Arguments.Length; i++)
            PassArgument(state, prototype, i, own);
        if (prototype.Has(HelperMarks.ChangesPacket) || id == HelperId.DynptrWrite)
        {
            own.ChangesPacket = true;
            state.ForgetPacket();
        }
        // The program it goes to ends in place of this function.
        if (id == HelperId.TailCall)
            own.JoinResult(RegisterState.UnknownScalar());
        ForgetCallerSaved(state);
        state.DropId(slot + 1);
        if (result.MayBeNull)
            result.Id = slot + 1;
        if (prototype.Has(HelperMarks.Acquires) || result.Kind is RegisterKind.Socket or RegisterKind.SocketCommon or RegisterKind.TcpSocket)
            result.ReferenceId = slot + 1;
        if (prototype.Has(HelperMarks.Casts) || prototype.Returns == ReturnKind.DynptrMemoryOrNull)
            result.ReferenceId = ValueJoin.SomeReference;
        state[Register.R0] = result;
    }

    private static void PassArgument(FactState state, HelperPrototype prototype, int index, FunctionSummary own)
    {
        Argument argument = prototype.Arguments[index];
        RegisterState register = state.Registers[index + 1];
        if (argument.Has(ArgumentFlags.Release))
        {
            own.Releases = true;
            int reference = register.ReferenceId;
            state.ForgetWhere(held => held.ReferenceId != 0 && (reference <= 0 || held.ReferenceId == reference || held.ReferenceId == ValueJoin.SomeReference));
            if (argument.Kind != ArgumentKind.Dynptr)
                return;
        }
        if (register.Kind == RegisterKind.Scalar)
            return;
        long size;
        switch (argument.Kind)
        {
            case ArgumentKind.Dynptr:
                size = 16;
                break;
            case ArgumentKind.Memory when argument.Has(ArgumentFlags.Write):
                size = argument.Size > 0 ? argument.Size : GreatestSize(state.Registers[index + 2]);
                break;
            case ArgumentKind.MapValue when argument.Has(ArgumentFlags.Write):
                size = Verifier.MaxStack;
                break;
            default:
                return;
        }
        if (register.Kind == RegisterKind.Stack)
            WrittenByHelper(state, register, size, own);
        else if (register.Kind == RegisterKind.NotInitialized)
            WrittenByHelper(state, new RegisterState { Kind = RegisterKind.Stack, FrameNumber = FactState.UnknownFrame, SMin = -Verifier.MaxStack }, Verifier.MaxStack, own);
    }

    private static void WrittenByHelper(FactState state, in RegisterState pointer, long size, FunctionSummary own)
    {
        StackSpan span = pointer.SMin <= -Verifier.MaxVariableOffset || pointer.SMax >= Verifier.MaxVariableOffset
            ? StackSpan.All
            : StackSpan.Of(pointer.SMin, pointer.SMax + size);
        if (pointer.FrameNumber is 0 or FactState.UnknownFrame)
            state.ForgetStack(span);
        if (pointer.FrameNumber == FactState.UnknownFrame)
            own.WritesAnyFrame = true;
        else if (pointer.FrameNumber > 0)
            own.AddWrite(pointer.FrameNumber, span);
    }

    private static long GreatestSize(in RegisterState size) =>
        size.Kind == RegisterKind.Scalar && size.UMax <= Verifier.MaxStack ? (long)size.UMax : Verifier.MaxStack;
}
