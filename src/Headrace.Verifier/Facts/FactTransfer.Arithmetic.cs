using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class FactTransfer
{
    private static void Arithmetic(FactState state, Instruction instruction, int slot)
    {
        Opcode opcode = instruction.Opcode;
        ref RegisterState dst = ref state[instruction.Dst];
        switch (opcode.AluOp)
        {
            case AluOp.Neg:
                AsNumber(ref dst);
                ScalarArithmetic.Apply(ref dst, dst, AluOp.Neg, opcode.Is32);
                dst.Id = 0;
                break;
            case AluOp.End:
                AsNumber(ref dst);
                // The 32-bit class to little endian changes no order on a little-endian machine.
                SharpArithmetic.Swap(ref dst, instruction.Imm32, swaps: !opcode.Is32 || opcode.UsesRegister);
                dst.Id = 0;
                break;
            case AluOp.Mov:
                Move(state, instruction, ref dst, slot);
                break;
            default:
                Binary(state, instruction, ref dst);
                break;
        }
    }

    private static void Move(FactState state, Instruction instruction, ref RegisterState dst, int slot)
    {
        bool is32 = instruction.Opcode.Is32;
        if (!instruction.Opcode.UsesRegister)
        {
            dst = RegisterState.Constant(is32 ? (uint)instruction.Imm32 : (ulong)instruction.Immediate);
            return;
        }
        ref RegisterState src = ref state[instruction.Src];
        int bits = instruction.Offset;
        if (bits == 0 && !is32)
        {
            GiveId(state, ref src, slot);
            dst = src;
            return;
        }
        if (bits is not (0 or 8 or 16 or 32))
        {
            dst = default;
            return;
        }
        RegisterState value = src;
        AsNumber(ref value);
        if (src.Kind == RegisterKind.Scalar && src.UMax < (bits == 0 ? 1UL << 32 : 1UL << (bits - 1)))
        {
            GiveId(state, ref src, slot);
            dst = src;
            return;
        }
        if (bits == 0)
            value.ZeroExtend32();
        else if (is32)
            value.SignExtend32(bits / 8);
        else
            value.SignExtend(bits / 8);
        value.Id = 0;
        dst = value;
    }

    private static void Binary(FactState state, Instruction instruction, ref RegisterState dst)
    {
        Opcode opcode = instruction.Opcode;
        AluOp op = opcode.AluOp;
        RegisterState src = opcode.UsesRegister ? state[instruction.Src] : RegisterState.Constant((ulong)instruction.Immediate);
        bool isSame = opcode.UsesRegister && instruction.Src == instruction.Dst;
        if (isSame && op is AluOp.Sub or AluOp.Xor && isSame)
        {
            dst = RegisterState.Constant(0);
            return;
        }
        bool mayBePointer = op is AluOp.Add or AluOp.Sub && !opcode.Is32 && (dst.Kind != RegisterKind.Scalar || src.Kind != RegisterKind.Scalar);
        if (mayBePointer)
        {
            dst = Pointer(dst, src, op);
            return;
        }
        AsNumber(ref dst);
        AsNumber(ref src);
        SharpArithmetic.Apply(ref dst, src, op, opcode.Is32, isSigned: instruction.Offset == 1);
        dst.Id = 0;
    }

    private static RegisterState Pointer(in RegisterState a, in RegisterState b, AluOp op)
    {
        bool aIsPointer = IsPointer(a), bIsPointer = IsPointer(b);
        if (aIsPointer && bIsPointer && op == AluOp.Sub)
        {
            bool sameBase = a.Kind == b.Kind && a.FrameNumber == b.FrameNumber && a.FrameNumber != FactState.UnknownFrame
                && a.Kind is RegisterKind.Packet or RegisterKind.Stack;
            if (!sameBase)
                return RegisterState.UnknownScalar();
            RegisterState distance = NumberOf(a);
            ScalarArithmetic.Apply(ref distance, NumberOf(b), AluOp.Sub, false);
            return distance;
        }
        if (aIsPointer && b.Kind == RegisterKind.Scalar)
            return Moved(a, b, op);
        if (bIsPointer && a.Kind == RegisterKind.Scalar && op == AluOp.Add)
            return Moved(b, a, op);
        return default;
    }

    // A pointer that is NULL on some path is a number there: what comes out is anything.
    private static bool IsPointer(in RegisterState value) => value.Kind > RegisterKind.Scalar && !value.MayBeNull;

    private static RegisterState Moved(in RegisterState pointer, in RegisterState distance, AluOp op)
    {
        RegisterState offset = NumberOf(pointer);
        ScalarArithmetic.Apply(ref offset, distance, op, false);
        RegisterState moved = pointer;
        moved.Id = 0;
        moved.SetNumber(offset);
        return moved;
    }

    private static RegisterState NumberOf(in RegisterState pointer)
    {
        RegisterState number = RegisterState.UnknownScalar();
        number.SetNumber(pointer);
        return number;
    }

    /// <summary>Takes what cannot be a pointer here, or whose bits alone count, as a number.</summary>
    private static void AsNumber(ref RegisterState value)
    {
        if (value.Kind != RegisterKind.Scalar)
            value = RegisterState.UnknownScalar();
    }
}
