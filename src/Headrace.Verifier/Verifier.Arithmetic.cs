using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class Verifier
{
    private void CheckArithmetic(Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        switch (opcode.AluOp)
        {
            case AluOp.Neg or AluOp.End:
                CheckUnary(instruction);
                break;
            case AluOp.Mov:
                CheckMove(instruction);
                break;
            default:
                CheckBinary(instruction);
                break;
        }
    }

    /// <summary>Refuses a write to the frame pointer.</summary>
    private void CheckWritable(Register register)
    {
        if (register == Register.R10)
            throw Reject("frame pointer is read only", VerifierErrno.Access);
    }

    private void CheckUnary(Instruction instruction)
    {
        CheckRead(instruction.Dst);
        CheckWritable(instruction.Dst);
        ref RegisterState dst = ref this[instruction.Dst];
        if (instruction.Opcode.AluOp == AluOp.Neg && dst.Kind == RegisterKind.Scalar)
        {
            ScalarArithmetic.Apply(ref dst, dst, AluOp.Neg, instruction.Opcode.Is32);
            dst.Id = 0;
            dst.Offset = 0;
        }
        else if (instruction.Opcode.AluOp == AluOp.End && dst.Kind == RegisterKind.Scalar)
        {
            ChangeByteOrder(ref dst, instruction);
        }
        else
        {
            dst.BecomeUnknown();
        }
    }

    // The bits are followed through a swap, the ranges are not. Cutting to 64 bits in the machine's own order is nothing at all.
    private static void ChangeByteOrder(ref RegisterState dst, Instruction instruction)
    {
        int bytes = instruction.Imm32 / 8;
        bool swaps = instruction.Opcode.Class == OpcodeClass.Alu64 || instruction.Opcode.UsesRegister;
        if (!swaps && bytes == sizeof(ulong))
            return;
        dst.Var = dst.Var.Cast(bytes);
        if (swaps)
            dst.Var = dst.Var.SwapBytes(bytes);
        dst.ForgetRanges();
        dst.Synchronize();
        Unlink(ref dst);
    }

    private void CheckMove(Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        if (!opcode.UsesRegister)
        {
            CheckWritable(instruction.Dst);
            this[instruction.Dst].BecomeConstant(opcode.Is32 ? (uint)instruction.Imm32 : (ulong)instruction.Immediate);
            return;
        }
        CheckRead(instruction.Src);
        CheckWritable(instruction.Dst);
        if (instruction.Dst == instruction.Src && instruction.Offset == 0 && !opcode.Is32)
        {
            GiveId(ref this[instruction.Src]);
            return;
        }
        ref RegisterState src = ref this[instruction.Src];
        ref RegisterState dst = ref this[instruction.Dst];
        if (!opcode.Is32)
        {
            if (instruction.Offset == 0)
            {
                GiveId(ref src);
                dst = src;
                return;
            }
            if (src.Kind != RegisterKind.Scalar)
            {
                dst.BecomeUnknown();
                return;
            }
            bool unchanged = src.UMax < 1UL << (instruction.Offset - 1);
            if (unchanged)
                GiveId(ref src);
            dst = src;
            if (unchanged)
                return;
            dst.SignExtend(instruction.Offset / 8);
            Unlink(ref dst);
            return;
        }
        if (src.Kind != RegisterKind.Scalar)
        {
            dst.BecomeUnknown();
            dst.ZeroExtend32();
            return;
        }
        if (instruction.Offset == 0)
        {
            bool fits = src.UMax <= uint.MaxValue;
            if (fits)
                GiveId(ref src);
            dst = src;
            if (!fits)
                Unlink(ref dst);
            dst.ZeroExtend32();
            return;
        }
        bool same = src.UMax < 1UL << (instruction.Offset - 1);
        if (same)
            GiveId(ref src);
        dst = src;
        if (!same)
        {
            Unlink(ref dst);
            dst.SignExtend32(instruction.Offset / 8);
        }
        dst.ZeroExtend32();
    }

    /// <summary>Gives a number that is about to be copied an id, so that the copy learns what the original does.</summary>
    private void GiveId(ref RegisterState register)
    {
        if (register.Kind != RegisterKind.Scalar)
            return;
        if (register.Link != LinkKind.Equal)
            Unlink(ref register);
        if (register.Id == 0 && !register.Var.IsConst)
            register.Id = NewId();
    }

    private static void Unlink(ref RegisterState register)
    {
        register.Id = 0;
        register.Link = LinkKind.Equal;
        if (register.Kind == RegisterKind.Scalar)
            register.Offset = 0;
    }

    private void CheckBinary(Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        bool usesRegister = opcode.UsesRegister;
        if (usesRegister)
            CheckRead(instruction.Src);
        CheckRead(instruction.Dst);
        if (!usesRegister && instruction.Imm32 == 0 && (opcode.AluOp is AluOp.Div or AluOp.Mod))
            throw Reject("div by zero");
        if (!usesRegister && (opcode.AluOp is AluOp.Lsh or AluOp.Rsh or AluOp.Arsh))
        {
            int width = opcode.Is32 ? 32 : 64;
            if (instruction.Imm32 < 0 || instruction.Imm32 >= width)
                throw Reject($"invalid shift {instruction.Imm32}");
        }
        CheckWritable(instruction.Dst);
        ref RegisterState dst = ref this[instruction.Dst];
        RegisterState src = usesRegister ? this[instruction.Src] : RegisterState.Constant((ulong)instruction.Immediate);
        bool dstIsPointer = dst.Kind != RegisterKind.Scalar, srcIsPointer = src.Kind != RegisterKind.Scalar;
        if (srcIsPointer && dstIsPointer)
        {
            if (opcode.AluOp != AluOp.Sub)
                throw Reject($"R{(int)instruction.Dst} pointer {Operators(opcode.AluOp)} pointer prohibited", VerifierErrno.Access);
            dst.BecomeUnknown();
            return;
        }
        if (srcIsPointer)
        {
            // A number plus a pointer is the pointer, moved.
            MarkPrecise(instruction.Dst);
            RegisterState number = dst;
            AdjustPointer(instruction, src, number, numberIsDestination: true);
            return;
        }
        if (dstIsPointer)
        {
            if (usesRegister)
                MarkPrecise(instruction.Src);
            RegisterState pointer = dst;
            AdjustPointer(instruction, pointer, src, numberIsDestination: false);
            return;
        }
        RegisterState before = dst;
        ScalarArithmetic.Apply(ref dst, src, opcode.AluOp, opcode.Is32);
        LinkSum(ref dst, before, src, instruction);
    }

    // A register that is another plus or less a constant goes on learning with it, once.
    private static void LinkSum(ref RegisterState dst, in RegisterState before, in RegisterState src, Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        bool isSum = opcode.AluOp is AluOp.Add or AluOp.Sub && !(opcode.UsesRegister && instruction.Src == instruction.Dst);
        if (!isSum || before.Id == 0 || before.Link != LinkKind.Equal || !src.IsKnown(opcode.Is32))
        {
            Unlink(ref dst);
            return;
        }
        long delta = opcode.Is32 ? (int)src.Var.Value : (long)src.Var.Value;
        if (opcode.AluOp == AluOp.Sub)
            delta = -delta;
        // What is cut off must not have been there: the others would not know of it.
        bool fits = opcode.Is32 ? before.UMax <= uint.MaxValue && delta != -(long)int.MinValue : delta is >= int.MinValue and <= int.MaxValue;
        if (!fits)
        {
            Unlink(ref dst);
            return;
        }
        dst.Id = before.Id;
        dst.Link = opcode.Is32 ? LinkKind.Offset32 : LinkKind.Offset;
        dst.Offset = (int)delta;
    }

    internal static string Operators(AluOp op) => op switch
    {
        AluOp.Add => "+=",
        AluOp.Sub => "-=",
        AluOp.Mul => "*=",
        AluOp.Div => "/=",
        AluOp.Or => "|=",
        AluOp.And => "&=",
        AluOp.Lsh => "<<=",
        AluOp.Rsh => ">>=",
        AluOp.Neg => "neg",
        AluOp.Mod => "%=",
        AluOp.Xor => "^=",
        AluOp.Mov => "=",
        AluOp.Arsh => "s>>=",
        _ => "endian",
    };
}
