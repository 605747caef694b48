using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>An instruction on a path, and what is known there, for a target to look at.</summary>
public sealed class TargetState
{
    private readonly Verifier _verifier;

    internal TargetState(Verifier verifier) => _verifier = verifier;

    /// <summary>The program.</summary>
    public ProgramSpec Program => _verifier.Program;

    /// <summary>The maps of its collection by index.</summary>
    public IReadOnlyList<MapSpec> Maps => _verifier.Maps;

    /// <summary>The instruction's slot.</summary>
    public int Slot => _verifier.Slot;

    /// <summary>The instruction.</summary>
    public Instruction Instruction => _verifier.Code[_verifier.Slot];

    /// <summary>Functions that are open: 0 in the program itself.</summary>
    public int Depth => _verifier.State.CurrentFrame;

    /// <summary>What a register holds on this path. From now on paths on which it is another number are told apart.</summary>
    public RegisterFacts this[Register register]
    {
        get
        {
            if (register <= Register.R10)
                _verifier.MarkPrecise(register);
            return Describe(register);
        }
    }

    /// <summary>What the instruction touches on this path: the kind of memory, offsets, size. Null for what is no load or store.</summary>
    public AccessFacts? Access
    {
        get
        {
            Instruction instruction = Instruction;
            if (!MemoryInstruction.IsAccess(instruction))
                return null;
            RegisterFacts pointer = Describe(MemoryInstruction.PointerOf(instruction));
            NumberFacts offset = pointer.IsPointer ? pointer.Number : NumberFacts.Unknown;
            return new AccessFacts(
                pointer.IsPointer ? pointer.Kind : RegisterKind.NotInitialized, offset.SMin + instruction.Offset, offset.SMax + instruction.Offset,
                instruction.Opcode.SizeInBytes, pointer.Map, pointer.MapIndex, pointer.FramesUp,
                MemoryInstruction.IsWrite(instruction), MemoryInstruction.IsAtomic(instruction));
        }
    }

    /// <summary>Where the instruction calls to; null for what is no call.</summary>
    internal CallTarget? Call
    {
        get
        {
            Instruction instruction = Instruction;
            if (!instruction.IsCall)
                return null;
            switch (instruction.CallKind)
            {
                case CallKind.Local:
                    return new CallTarget(CallKind.Local, HelperId.None, null, _verifier.FindFunction(Slot + 1 + instruction.Imm32), null, -1);
                case CallKind.Kfunc:
                    return new CallTarget(CallKind.Kfunc, HelperId.None, Program.Kfuncs.GetValueOrDefault(Slot), -1, null, -1);
            }
            var id = (HelperId)instruction.Imm32;
            int argument = HelperTraits.MapArgument(id, Program.Type);
            RegisterFacts with = argument < 0 ? RegisterFacts.None : Describe((Register)argument);
            RegisterFacts function = HelperTraits.CallsBack(id) || HelperTraits.CallsBackLater(id) ? Describe(Register.R2) : RegisterFacts.None;
            return new CallTarget(CallKind.Helper, id, null, function.Subprogram, with.Map, with.MapIndex);
        }
    }

    private RegisterFacts Describe(Register register)
    {
        // What the encoding names need not exist: the verifier itself says so later.
        if (register > Register.R10)
            return RegisterFacts.None;
        RegisterState state = _verifier[register];
        if (state.Kind is not (RegisterKind.NotInitialized or RegisterKind.Scalar))
        {
            RegisterState offset = RegisterState.UnknownScalar();
            offset.SetNumber(state);
            ScalarArithmetic.Apply(ref offset, RegisterState.Constant((ulong)(long)state.Offset), AluOp.Add, false);
            state.SetNumber(offset);
        }
        if (state.Kind == RegisterKind.Stack)
            state.FrameNumber = (byte)(_verifier.State.CurrentFrame - state.FrameNumber);
        return RegisterFacts.Of(state, RegisterFacts.IndexOf(Maps, state.Map));
    }
}
