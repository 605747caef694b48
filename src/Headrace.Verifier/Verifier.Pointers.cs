using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class Verifier
{
    /// <summary>What the variable part of a pointer may be at most.</summary>
    public const int MaxVariableOffset = 1 << 29;

    private void AdjustPointer(Instruction instruction, in RegisterState pointer, in RegisterState number, bool numberIsDestination)
    {
        int name = (int)instruction.Dst;
        AluOp op = instruction.Opcode.AluOp;
        ref RegisterState dst = ref this[instruction.Dst];
        bool known = number.Var.IsConst;
        if ((known && (number.SMin != number.SMax || number.UMin != number.UMax)) || number.SMin > number.SMax || number.UMin > number.UMax)
        {
            // A contradiction: no run comes here.
            dst.BecomeUnknown();
            return;
        }
        if (instruction.Opcode.Is32)
        {
            if (op != AluOp.Sub)
                throw Reject($"R{name} 32-bit pointer arithmetic prohibited", VerifierErrno.Access);
            dst.BecomeUnknown();
            return;
        }
        if (pointer.MayBeNull)
            throw Reject($"R{name} pointer arithmetic on {pointer.KindName} prohibited, null-check it first", VerifierErrno.Access);
        if (!AllowsArithmetic(pointer, number, op))
            throw Reject($"R{name} pointer arithmetic on {pointer.KindName} prohibited", VerifierErrno.Access);
        CheckSaneOffset(number, pointer);
        CheckSaneOffset(pointer, pointer);

        RegisterState result = pointer;
        result.ForgetRanges32();
        switch (op)
        {
            case AluOp.Add:
                AddToPointer(ref result, pointer, number);
                break;
            case AluOp.Sub:
                if (numberIsDestination)
                    throw Reject($"R{name} tried to subtract pointer from scalar", VerifierErrno.Access);
                if (pointer.Kind == RegisterKind.Stack)
                    throw Reject($"R{name} subtraction from stack pointer prohibited", VerifierErrno.Access);
                SubtractFromPointer(ref result, pointer, number);
                break;
            case AluOp.And or AluOp.Or or AluOp.Xor:
                throw Reject($"R{name} bitwise operator {Operators(op)} on pointer prohibited", VerifierErrno.Access);
            default:
                throw Reject($"R{name} pointer arithmetic with {Operators(op)} operator prohibited", VerifierErrno.Access);
        }
        CheckSaneOffset(result, result);
        result.Synchronize();
        dst = result;
    }

    private static bool AllowsArithmetic(in RegisterState pointer, in RegisterState number, AluOp op)
    {
        bool known = number.Var.IsConst;
        return pointer.Kind switch
        {
            RegisterKind.Context or RegisterKind.MapValue or RegisterKind.MapKey or RegisterKind.Stack or RegisterKind.PacketMeta or RegisterKind.Packet
                or RegisterKind.TracepointBuffer or RegisterKind.BtfObject or RegisterKind.Memory or RegisterKind.Buffer or RegisterKind.Function
                or RegisterKind.Dynptr => true,
            RegisterKind.FlowKeys when known => true,
            RegisterKind.FlowKeys or RegisterKind.Map => known && number.SMin == 0 && op == AluOp.Add,
            _ => false,
        };
    }

    private void CheckSaneOffset(in RegisterState register, in RegisterState pointer)
    {
        string name = pointer.KindName;
        long value = (long)register.Var.Value;
        if (register.Var.IsConst && (value is >= MaxVariableOffset or <= -MaxVariableOffset))
            throw Reject($"math between {name} pointer and {value} is not allowed");
        if (register.Kind != RegisterKind.Scalar && (register.Offset is >= MaxVariableOffset or <= -MaxVariableOffset))
            throw Reject($"{name} pointer offset {register.Offset} is not allowed");
        if (register.SMin == long.MinValue)
            throw Reject($"math between {name} pointer and register with unbounded min value is not allowed");
        if (register.SMin is >= MaxVariableOffset or <= -MaxVariableOffset)
            throw Reject($"value {register.SMin} makes {name} pointer be out of bounds");
    }

    private void AddToPointer(ref RegisterState result, in RegisterState pointer, in RegisterState number)
    {
        if (number.Var.IsConst && pointer.Offset + number.SMin is >= int.MinValue and <= int.MaxValue)
        {
            result.Offset = (int)(pointer.Offset + number.SMin);
            return;
        }
        if (ScalarArithmetic.Overflows(pointer.SMin, number.SMin) || ScalarArithmetic.Overflows(pointer.SMax, number.SMax))
            (result.SMin, result.SMax) = (long.MinValue, long.MaxValue);
        else
            (result.SMin, result.SMax) = (pointer.SMin + number.SMin, pointer.SMax + number.SMax);
        ulong min = pointer.UMin + number.UMin, max = pointer.UMax + number.UMax;
        bool wraps = min < pointer.UMin || max < pointer.UMax;
        (result.UMin, result.UMax) = wraps ? (0, ulong.MaxValue) : (min, max);
        result.Var = pointer.Var + number.Var;
        if (pointer.IsPacketPointer)
        {
            result.Id = NewId();
            result.Range = 0;
        }
    }

    private void SubtractFromPointer(ref RegisterState result, in RegisterState pointer, in RegisterState number)
    {
        if (number.Var.IsConst && pointer.Offset - number.SMin is >= int.MinValue and <= int.MaxValue)
        {
            result.Offset = (int)(pointer.Offset - number.SMin);
            return;
        }
        if (ScalarArithmetic.Underflows(pointer.SMin, number.SMax) || ScalarArithmetic.Underflows(pointer.SMax, number.SMin))
            (result.SMin, result.SMax) = (long.MinValue, long.MaxValue);
        else
            (result.SMin, result.SMax) = (pointer.SMin - number.SMax, pointer.SMax - number.SMin);
        (result.UMin, result.UMax) = pointer.UMin < number.UMax ? (0, ulong.MaxValue) : (pointer.UMin - number.UMax, pointer.UMax - number.UMin);
        result.Var = pointer.Var - number.Var;
        if (pointer.IsPacketPointer)
        {
            result.Id = NewId();
            if (number.SMin < 0)
                result.Range = 0;
        }
    }
}
