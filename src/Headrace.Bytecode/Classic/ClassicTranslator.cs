namespace Headrace.Bytecode;

/// <summary>Translates classic BPF filters (the original packet filter; what libpcap's compiler makes) to eBPF over a packet between two pointers.</summary>
/// <remarks>
/// A and X are R0 and R7, the scratch store is on the stack. A load beyond the packet and a division by zero reject the packet, as every classic machine
/// does (McCanne and Jacobson, "The BSD Packet Filter", 1993). Instructions without an equivalent over bare bytes, the kernel's ancillary
/// loads among them, are refused.
/// </remarks>
public static class ClassicTranslator
{
    /// <summary>The register that holds the address of the packet's first byte; not changed.</summary>
    public const Register Packet = Register.R8;

    /// <summary>The register that holds the address behind the packet's last byte; not changed.</summary>
    public const Register PacketEnd = Register.R9;

    private const Register A = Register.R0, X = Register.R7, Scratch = Register.R2, Scratch2 = Register.R3;
    private const int MaxInstructions = 4096; // BPF_MAXINSNS, include/uapi/linux/bpf_common.h
    private const int ScratchWords = 16; // BPF_MEMWORDS, include/uapi/linux/filter.h
    private const int LargestOffset = 0xfff0; // a packet offset beyond this no verifier follows

    // include/uapi/linux/bpf_common.h
    private const int Ld = 0, Ldx = 1, St = 2, Stx = 3, AluClass = 4, JmpClass = 5, Ret = 6;
    private const int Imm = 0x00, Abs = 0x20, Ind = 0x40, Mem = 0x60, Len = 0x80, Msh = 0xa0;
    private const int UsesX = 0x08, ReturnsA = 0x10, Txa = 0x80;

    /// <summary>Appends a filter to a program.</summary>
    /// <param name="builder">Takes the instructions; R0, R2, R3, R7 and 64 bytes of stack below R10 are used.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="name">What its labels begin with; unlike any other's in the program.</param>
    /// <param name="accept">The label to go on at when it answers anything but 0.</param>
    /// <param name="reject">The label to go on at when it answers 0.</param>
    /// <exception cref="BytecodeException">An instruction is not valid, or has no equivalent.</exception>
    public static void Append(ProgramBuilder builder, ReadOnlySpan<ClassicInstruction> filter, string name, string accept, string reject)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (filter.IsEmpty || filter.Length > MaxInstructions)
            throw new BytecodeException(0, $"a classic filter has 1 to {MaxInstructions} instructions, this one {filter.Length}");
        builder.Add(Instruction.Mov(A, 0), Instruction.Mov(X, 0));
        for (int word = 0; word < ScratchWords; word++)
        {
            if (Uses(filter, word))
                builder.Add(Instruction.Store(AccessSize.Word, Register.R10, Slot(word), 0));
        }
        var context = new Context(builder, name, accept, reject, filter.Length);
        for (int i = 0; i < filter.Length; i++)
        {
            builder.Label(context.At(i));
            Translate(context, filter[i], i);
        }
        ClassicInstruction last = filter[^1];
        if ((last.Code & 7) != Ret)
            throw new BytecodeException(filter.Length - 1, "a classic filter ends with a return");
    }

    private static void Translate(Context context, ClassicInstruction instruction, int index)
    {
        switch (instruction.Code & 7)
        {
            case Ld:
                Load(context, instruction, index);
                break;
            case Ldx:
                LoadX(context, instruction, index);
                break;
            case St or Stx:
                context.Builder.Add(Instruction.Store(AccessSize.Word, Register.R10, Slot(Word(instruction, index)), (instruction.Code & 7) == St ? A : X));
                break;
            case AluClass:
                Calculate(context, instruction, index);
                break;
            case JmpClass:
                Jump(context, instruction, index);
                break;
            case Ret:
                Return(context, instruction);
                break;
            default:
                context.Builder.Add((instruction.Code & 0xf8) == Txa ? Instruction.Mov32(A, X) : Instruction.Mov32(X, A));
                break;
        }
    }

    private static void Load(Context context, ClassicInstruction instruction, int index)
    {
        int mode = instruction.Code & 0xe0;
        switch (mode)
        {
            case Imm:
                context.Builder.Add(Instruction.Mov32(A, (int)instruction.Value));
                break;
            case Mem:
                context.Builder.Add(Instruction.Load(AccessSize.Word, A, Register.R10, Slot(Word(instruction, index))));
                break;
            case Len:
                context.Builder.Add(Instruction.Mov(A, PacketEnd), Instruction.Alu64(AluOp.Sub, A, Packet));
                break;
            case Abs or Ind:
                LoadPacket(context, A, SizeOf(instruction, index), instruction.Value, mode == Ind, index);
                break;
            default:
                throw Unknown(instruction, index);
        }
    }

    private static void LoadX(Context context, ClassicInstruction instruction, int index)
    {
        switch (instruction.Code & 0xe0)
        {
            case Imm:
                context.Builder.Add(Instruction.Mov32(X, (int)instruction.Value));
                break;
            case Mem:
                context.Builder.Add(Instruction.Load(AccessSize.Word, X, Register.R10, Slot(Word(instruction, index))));
                break;
            case Len:
                context.Builder.Add(Instruction.Mov(X, PacketEnd), Instruction.Alu64(AluOp.Sub, X, Packet));
                break;
            case Msh:
                LoadPacket(context, X, AccessSize.Byte, instruction.Value, indirect: false, index);
                context.Builder.Add(Instruction.Alu32(AluOp.And, X, 15), Instruction.Alu32(AluOp.Lsh, X, 2));
                break;
            default:
                throw Unknown(instruction, index);
        }
    }

    private static void LoadPacket(Context context, Register target, AccessSize size, uint offset, bool indirect, int index)
    {
        const uint FirstAncillary = 0xff00_0000; // SKF_NET_OFF and SKF_AD_OFF, include/uapi/linux/filter.h
        ProgramBuilder builder = context.Builder;
        int bytes = size switch { AccessSize.Byte => 1, AccessSize.Half => 2, _ => 4 };
        if (!indirect && offset >= FirstAncillary)
            throw new BytecodeException(index, $"the load at offset {(int)offset} asks the kernel for more than the packet's bytes: there is none here");
        if (!indirect && offset > LargestOffset)
        {
            builder.To(context.Reject, Instruction.Goto(0));
            return;
        }
        if (indirect)
        {
            builder.Add(Instruction.Mov32(Scratch, X), Instruction.Alu32(AluOp.Add, Scratch, (int)offset));
            builder.To(context.Reject, Instruction.Jump(JumpOp.Jgt, Scratch, LargestOffset, 0));
            builder.Add(Instruction.Add(Scratch, Packet));
        }
        else
        {
            builder.Add(Instruction.Mov(Scratch, Packet), Instruction.Add(Scratch, (int)offset));
        }
        builder.Add(Instruction.Mov(Scratch2, Scratch), Instruction.Add(Scratch2, bytes));
        builder.To(context.Reject, Instruction.Jump(JumpOp.Jgt, Scratch2, PacketEnd, 0));
        builder.Add(Instruction.Load(size, target, Scratch, 0));
        if (bytes > 1)
            builder.Add(Instruction.ToBigEndian(target, bytes * 8));
    }

    private static void Calculate(Context context, ClassicInstruction instruction, int index)
    {
        var op = (AluOp)(instruction.Code & 0xf0);
        bool usesX = (instruction.Code & UsesX) != 0;
        if (op == AluOp.Neg)
        {
            context.Builder.Add(Instruction.Neg32(A));
            return;
        }
        if (op is not (AluOp.Add or AluOp.Sub or AluOp.Mul or AluOp.Div or AluOp.Or or AluOp.And or AluOp.Lsh or AluOp.Rsh or AluOp.Mod or AluOp.Xor))
            throw Unknown(instruction, index);
        bool divides = op is AluOp.Div or AluOp.Mod;
        if (divides && !usesX && instruction.Value == 0)
            throw new BytecodeException(index, "divides by zero");
        bool shifts = op is AluOp.Lsh or AluOp.Rsh;
        if (shifts && !usesX && instruction.Value >= 32)
            throw new BytecodeException(index, $"shifts by {instruction.Value} bits");
        if (divides && usesX)
            context.Builder.To(context.Reject, Instruction.Jump32(JumpOp.Jeq, X, 0, 0));
        context.Builder.Add(usesX ? Instruction.Alu32(op, A, X) : Instruction.Alu32(op, A, (int)instruction.Value));
    }

    private static void Jump(Context context, ClassicInstruction instruction, int index)
    {
        var op = (JumpOp)(instruction.Code & 0xf0);
        if (op == JumpOp.Ja)
        {
            GoTo(context, index, instruction.Value);
            return;
        }
        if (op is not (JumpOp.Jeq or JumpOp.Jgt or JumpOp.Jge or JumpOp.Jset))
            throw Unknown(instruction, index);
        if (instruction.JumpTrue != 0)
        {
            string target = context.Target(index, instruction.JumpTrue);
            context.Builder.To(target, (instruction.Code & UsesX) != 0 ? Instruction.Jump32(op, A, X, 0) : Instruction.Jump32(op, A, (int)instruction.Value, 0));
            GoTo(context, index, instruction.JumpFalse);
        }
        else if (instruction.JumpFalse != 0)
        {
            // Only where the comparison fails: jump over the way that leads on.
            string on = context.Target(index, 0);
            context.Builder.To(on, (instruction.Code & UsesX) != 0 ? Instruction.Jump32(op, A, X, 0) : Instruction.Jump32(op, A, (int)instruction.Value, 0));
            GoTo(context, index, instruction.JumpFalse);
        }
    }

    private static void GoTo(Context context, int index, uint distance)
    {
        string target = context.Target(index, distance);
        if (distance != 0)
            context.Builder.To(target, Instruction.Goto(0));
    }

    private static void Return(Context context, ClassicInstruction instruction)
    {
        if ((instruction.Code & 0x18) == ReturnsA)
        {
            context.Builder.To(context.Reject, Instruction.Jump32(JumpOp.Jeq, A, 0, 0));
            context.Builder.To(context.Accept, Instruction.Goto(0));
            return;
        }
        context.Builder.To(instruction.Value == 0 ? context.Reject : context.Accept, Instruction.Goto(0));
    }

    private static AccessSize SizeOf(ClassicInstruction instruction, int index) => (instruction.Code & 0x18) switch
    {
        0x00 => AccessSize.Word,
        0x08 => AccessSize.Half,
        0x10 => AccessSize.Byte,
        _ => throw Unknown(instruction, index),
    };

    private static int Word(ClassicInstruction instruction, int index) => instruction.Value < ScratchWords
        ? (int)instruction.Value
        : throw new BytecodeException(index, $"scratch word {instruction.Value} is none of the {ScratchWords} there are");

    private static short Slot(int word) => (short)(-4 * (word + 1));

    private static bool Uses(ReadOnlySpan<ClassicInstruction> filter, int word)
    {
        foreach (ClassicInstruction instruction in filter)
        {
            bool touches = (instruction.Code & 7) is St or Stx || ((instruction.Code & 7) is Ld or Ldx && (instruction.Code & 0xe0) == Mem);
            if (touches && instruction.Value == (uint)word)
                return true;
        }
        return false;
    }

    private static BytecodeException Unknown(ClassicInstruction instruction, int index) => new(index, $"classic instruction 0x{instruction.Code:x4} is not known");

    private sealed record Context(ProgramBuilder Builder, string Name, string Accept, string Reject, int Length)
    {
        public string At(int index) => $"{Name}.{index}";

        public string Target(int index, uint distance) => index + 1 + (long)distance < Length
            ? At(index + 1 + (int)distance)
            : throw new BytecodeException(index, $"jumps {distance} instructions on, beyond the filter's end");
    }
}
