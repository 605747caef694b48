using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>Follows values back along a path to the states that pruning compares, and marks there what they came from.</summary>
internal sealed class PrecisionWalker(Instruction[] code)
{
    private const int ArgumentMask = 0b11_1110;

    private readonly PrecisionMarks _marks = new();

    /// <summary>True when the last walk marked a number that was not marked before.</summary>
    public bool HasMarked { get; private set; }

    /// <summary>Cleared marks, to be filled before <see cref="Walk"/>.</summary>
    public PrecisionMarks Begin()
    {
        HasMarked = false;
        _marks.Clear();
        return _marks;
    }

    /// <summary>Walks back.</summary>
    /// <param name="state">The state the path has reached.</param>
    /// <param name="last">Index of the step to begin with.</param>
    /// <param name="frame">The frame that runs after that step.</param>
    /// <returns>False when the way could not be followed: then everything must be taken as relied on.</returns>
    public bool Walk(VerifierState state, int last, int frame)
    {
        if (_marks.IsEmpty)
            return true;
        while (true)
        {
            for (int i = last; i >= 0; i--)
            {
                HistoryStep step = state.History[i];
                if (!StepBack(step, frame))
                    return false;
                if (_marks.IsEmpty)
                    return true;
                frame = step.Frame;
            }
            if (state.Parent is not { } parent)
                return true;
            MarkIn(parent);
            if (_marks.IsEmpty)
                return true;
            state = parent;
            last = state.History.Count - 1;
        }
    }

    private void MarkIn(VerifierState state)
    {
        for (int f = 0; f < VerifierState.MaxFrames; f++)
        {
            ref int registers = ref _marks.Registers(f);
            ref ulong slots = ref _marks.Slots(f);
            if (f > state.CurrentFrame)
            {
                registers = 0;
                slots = 0;
                continue;
            }
            FunctionState frame = state.Frames[f]!;
            for (int i = 0; i < 10; i++)
            {
                if ((registers & (1 << i)) == 0)
                    continue;
                ref RegisterState register = ref frame.Registers[i];
                if (register.Kind != RegisterKind.Scalar || register.Precise)
                    registers &= ~(1 << i);
                else
                    register.Precise = HasMarked = true;
            }
            for (ulong rest = slots; rest != 0; rest &= rest - 1)
            {
                int i = System.Numerics.BitOperations.TrailingZeroCount(rest);
                bool isScalar = i < frame.StackSlots && frame.Stack[i][0] == SlotKind.Spill && frame.Stack[i].Spilled.Kind == RegisterKind.Scalar;
                if (!isScalar || frame.Stack[i].Spilled.Precise)
                    slots &= ~(1UL << i);
                else
                    frame.Stack[i].Spilled.Precise = HasMarked = true;
            }
        }
    }

    private bool StepBack(in HistoryStep step, int later)
    {
        Share(step.Linked);
        bool followed = Undo(code[step.Slot], step, later);
        Share(step.Linked);
        return followed;
    }

    // What learnt together is relied on together.
    private void Share(LinkedPlace[]? places)
    {
        if (places is null)
            return;
        bool any = false;
        foreach (LinkedPlace place in places)
            any |= _marks.Has(place);
        if (!any)
            return;
        foreach (LinkedPlace place in places)
            _marks.Add(place);
    }

    private bool Undo(Instruction instruction, in HistoryStep step, int later)
    {
        Opcode opcode = instruction.Opcode;
        ref int registers = ref _marks.Registers(step.Frame);
        int dst = 1 << (int)instruction.Dst, src = instruction.Src == Register.R10 ? 0 : 1 << (int)instruction.Src;
        switch (opcode.Class)
        {
            case OpcodeClass.Alu or OpcodeClass.Alu64:
                if ((registers & dst) == 0 || opcode.AluOp is AluOp.Neg or AluOp.End)
                    return true;
                if (opcode.AluOp == AluOp.Mov)
                    registers &= ~dst;
                if (opcode.UsesRegister)
                    registers |= src;
                return true;
            case OpcodeClass.Ldx:
                Load(ref registers, dst, step);
                return true;
            case OpcodeClass.St:
                return Store(ref registers, dst, 0, step);
            case OpcodeClass.Stx:
                return opcode.Mode == AccessMode.Atomic ? Atomic(instruction, ref registers, dst, src, step) : Store(ref registers, dst, src, step);
            case OpcodeClass.Ld:
                if (opcode.IsWideLoad)
                    registers &= ~dst;
                else
                    registers &= ~1;
                return opcode.IsWideLoad || (registers & ArgumentMask) == 0;
            default:
                return Jump(instruction, step, later, dst, src);
        }
    }

    private void Load(ref int registers, int loaded, in HistoryStep step)
    {
        if ((registers & loaded) == 0)
            return;
        registers &= ~loaded;
        if (step.StackFrame >= 0)
            _marks.Slots(step.StackFrame) |= 1UL << step.StackIndex;
    }

    private bool Store(ref int registers, int pointer, int value, in HistoryStep step)
    {
        // A number is never an address: the way is lost.
        if ((registers & pointer) != 0)
            return false;
        if (step.StackFrame < 0)
            return true;
        ref ulong slots = ref _marks.Slots(step.StackFrame);
        if ((slots & (1UL << step.StackIndex)) == 0)
            return true;
        slots &= ~(1UL << step.StackIndex);
        registers |= value;
        return true;
    }

    private bool Atomic(Instruction instruction, ref int registers, int dst, int src, in HistoryStep step)
    {
        var op = (AtomicOp)instruction.Imm32;
        switch (op)
        {
            case AtomicOp.LoadAcquire:
                Load(ref registers, dst, step);
                return true;
            case AtomicOp.StoreRelease:
                return Store(ref registers, dst, src, step);
            case AtomicOp.CompareExchange:
                Load(ref registers, 1, step);
                break;
            case var _ when (instruction.Imm32 & (int)AtomicOp.Fetch) != 0:
                Load(ref registers, src, step);
                break;
        }
        return (registers & dst) == 0;
    }

    private bool Jump(Instruction instruction, in HistoryStep step, int later, int dst, int src)
    {
        Opcode opcode = instruction.Opcode;
        ref int registers = ref _marks.Registers(step.Frame);
        switch (opcode.JumpOp)
        {
            case JumpOp.Ja or JumpOp.Jcond:
                return true;
            case JumpOp.Exit:
                if (later == step.Frame - 1 && (_marks.Registers(later) & 1) != 0)
                {
                    _marks.Registers(later) &= ~1;
                    registers |= 1;
                }
                return true;
            case JumpOp.Call:
                return Call(instruction, step.Frame, later);
            default:
                if (opcode.UsesRegister && (registers & (dst | src)) != 0)
                    registers |= dst | src;
                return true;
        }
    }

    private bool Call(Instruction instruction, int frame, int later)
    {
        ref int registers = ref _marks.Registers(frame);
        if (later == frame + 1)
        {
            ref int callee = ref _marks.Registers(later);
            bool isLocal = instruction.CallKind == CallKind.Local;
            if ((callee & ~ArgumentMask) != 0)
                return false;
            // What a callback gets comes from its helper, not straight from the caller's registers.
            if (isLocal)
                registers |= callee;
            callee = 0;
            _marks.Slots(later) = 0;
            return true;
        }
        registers &= ~1;
        return (registers & ArgumentMask) == 0;
    }
}
