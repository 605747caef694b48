namespace Headrace.Bytecode;

/// <summary>Reads one instruction in the syntax of the kernel's log.</summary>
/// <remarks>Tolerant of spaces and number bases; what it refuses, it refuses with what was expected.</remarks>
internal sealed class InstructionParser(TokenReader reader)
{
    /// <summary>Reads the instruction the line holds, to the end of the line.</summary>
    /// <exception cref="AssemblerException">Something else was expected, or the fields make no valid instruction.</exception>
    public ParsedInstruction Read()
    {
        Token first = reader.Next;
        ParsedInstruction parsed = ReadStatement();
        reader.ExpectEnd();
        if (InstructionValidator.Check(parsed.Instruction) is string reason)
            throw reader.Error(first, reason);
        return parsed;
    }

    private ParsedInstruction ReadStatement()
    {
        Token first = reader.Next;
        if (first.Is("*"))
            return Plain(ReadStore());
        switch (first.Kind == TokenKind.Word ? first.Text : "")
        {
            case "exit":
                reader.Take();
                return Plain(Make(Opcode.Jump(JumpOp.Exit, is64: true, usesRegister: false)));
            case "goto":
                reader.Take();
                return ReadTarget(Make(Opcode.Jump(JumpOp.Ja, is64: true, usesRegister: false)));
            case "gotol":
                reader.Take();
                return ReadTarget(Make(Opcode.Jump(JumpOp.Ja, is64: false, usesRegister: false)));
            case "may_goto":
                reader.Take();
                return ReadTarget(Make(Opcode.Jump(JumpOp.Jcond, is64: true, usesRegister: false)));
            case "if":
                reader.Take();
                return ReadConditional();
            case "call":
                reader.Take();
                return new CallParser(reader).Read();
            case "lock":
                reader.Take();
                return Plain(ReadLocked());
            case "store_release":
                reader.Take();
                return Plain(ReadStoreRelease());
        }
        if (!IsRegister(first))
            throw reader.Expected("an instruction (such as 'r0 = 1', 'if r1 == 0 goto out', 'call map_lookup_elem' or 'exit')");
        return ReadAssignment();
    }

    private ParsedInstruction ReadAssignment()
    {
        (Register dst, bool is64) = ReadRegister();
        Token sign = reader.Next;
        if (sign.Kind != TokenKind.Symbol || Operators.Alu(sign.Text) is not (AluOp op, bool signed))
            throw reader.Expected("'=' or an operator such as '+=', '<<=' or 's>>='");
        reader.Take();
        if (op == AluOp.Mov && !IsRegister(reader.Next) && !IsNumber())
            return new AssignmentParser(reader, this).Read(dst, is64);
        short offset = (short)(signed ? 1 : 0);
        if (IsRegister(reader.Next))
            return Plain(new(Opcode.Alu(op, is64, usesRegister: true), dst, ReadRegister(is64), offset, 0));
        if (op == AluOp.Mov && AssignmentParser.IsWideNumber(reader))
            return new AssignmentParser(reader, this).ReadWideNumber(dst, is64);
        return Plain(new(Opcode.Alu(op, is64, usesRegister: false), dst, 0, offset, ReadImmediate(is64)));
    }

    private bool IsNumber() =>
        reader.Next.Kind == TokenKind.Number || (reader.Next.Kind == TokenKind.Symbol && reader.Next.Text is "-" or "+" && reader.Second.Kind == TokenKind.Number);

    // A 64-bit operation sign-extends its immediate: 0xffffffff would become -1, which is not what it says.
    private long ReadImmediate(bool is64)
    {
        Token token = reader.Next;
        long value = reader.ExpectNumber("an immediate", long.MinValue, long.MaxValue);
        if (value < int.MinValue || value > (is64 ? int.MaxValue : uint.MaxValue))
            throw reader.Error(token, $"an immediate of 32 bits{(is64 ? ", sign-extended," : "")} was expected, not {value}: load it with 'rN = {value} ll' first");
        return (int)value;
    }

    private ParsedInstruction ReadConditional()
    {
        (Register dst, bool is64) = ReadRegister();
        Token sign = reader.Next;
        if (sign.Kind != TokenKind.Symbol || Operators.Jump(sign.Text) is not JumpOp op)
            throw reader.Expected("a comparison: == != & > >= < <= s> s>= s< s<=");
        reader.Take();
        Instruction instruction = IsRegister(reader.Next)
            ? new(Opcode.Jump(op, is64, usesRegister: true), dst, ReadRegister(is64), 0, 0)
            : new(Opcode.Jump(op, is64, usesRegister: false), dst, 0, 0, (int)reader.ExpectNumber("an immediate", int.MinValue, uint.MaxValue));
        reader.ExpectWord("goto");
        return ReadTarget(instruction);
    }

    private ParsedInstruction ReadTarget(Instruction jump)
    {
        bool isLong = jump.Opcode.JumpOp == JumpOp.Ja && jump.Opcode.Is32;
        bool distance = reader.Next.Kind == TokenKind.Symbol || (reader.Next.IsWord("pc") && reader.Second.Kind == TokenKind.Symbol);
        if (!distance)
        {
            Token token = reader.Next;
            return new(jump, OperandKind.Label, reader.ExpectName("a label or a distance such as pc+3"), 0, token);
        }
        reader.TryTakeWord("pc");
        if (!reader.Next.Is("+") && !reader.Next.Is("-"))
            throw reader.Expected("'+' or '-' and a distance in instructions");
        long value = isLong ? reader.ExpectNumber("a distance", int.MinValue, int.MaxValue) : reader.ExpectNumber("a distance", short.MinValue, short.MaxValue);
        return Plain(isLong ? jump with { Immediate = value } : jump with { Offset = (short)value });
    }

    private Instruction ReadStore()
    {
        reader.Expect("*");
        (AccessSize size, Register dst, short offset) = ReadPointer();
        reader.Expect("=");
        if (IsRegister(reader.Next))
            return new(Opcode.Memory(OpcodeClass.Stx, AccessMode.Mem, size), dst, ReadRegister(is64: true), offset, 0);
        return new(Opcode.Memory(OpcodeClass.St, AccessMode.Mem, size), dst, 0, offset, ReadImmediate(size == AccessSize.Double));
    }

    private Instruction ReadLocked()
    {
        reader.Expect("*");
        (AccessSize size, Register dst, short offset) = ReadPointer();
        if (reader.Next.Kind != TokenKind.Symbol || Operators.Atomic(reader.Next.Text) is not AtomicOp op)
            throw reader.Expected("'+=', '|=', '&=' or '^='");
        reader.Take();
        return Atomic(op, size, dst, ReadRegister(is64: true), offset);
    }

    private Instruction ReadStoreRelease()
    {
        reader.Expect("(");
        (AccessSize size, Register dst, short offset) = ReadPointer();
        reader.Expect(",");
        Register src = ReadRegister(is64: true);
        reader.Expect(")");
        return Atomic(AtomicOp.StoreRelease, size, dst, src, offset);
    }

    /// <summary>An atomic instruction.</summary>
    internal static Instruction Atomic(AtomicOp op, AccessSize size, Register dst, Register src, short offset) =>
        new(Opcode.Memory(OpcodeClass.Stx, AccessMode.Atomic, size), dst, src, offset, (long)op);

    /// <summary>Reads <c>(u32 *)(r1 +4)</c>, unsigned.</summary>
    internal (AccessSize Size, Register Base, short Offset) ReadPointer()
    {
        Token token = reader.Second;
        (AccessSize size, bool signed) = ReadType();
        if (signed)
            throw reader.Error(token, $"an unsigned type was expected, not '{token.Text}'");
        (Register register, short offset) = ReadAddress();
        return (size, register, offset);
    }

    /// <summary>Reads <c>(u32 *)</c>.</summary>
    internal (AccessSize Size, bool Signed) ReadType()
    {
        reader.Expect("(");
        if (reader.Next.Kind != TokenKind.Word || Operators.Type(reader.Next.Text) is not (AccessSize, bool) type)
            throw reader.Expected("a type: u8, u16, u32, u64, s8, s16 or s32");
        reader.Take();
        reader.Expect("*");
        reader.Expect(")");
        return type;
    }

    /// <summary>Reads <c>(r1 +4)</c>.</summary>
    internal (Register Base, short Offset) ReadAddress()
    {
        reader.Expect("(");
        Register register = ReadRegister(is64: true);
        short offset = 0;
        if (!reader.Next.Is(")"))
        {
            if (!reader.Next.Is("+") && !reader.Next.Is("-"))
                throw reader.Expected("'+', '-' or ')'");
            offset = (short)reader.ExpectNumber("an offset in bytes", short.MinValue, short.MaxValue);
        }
        reader.Expect(")");
        return (register, offset);
    }

    /// <summary>True for a register's name.</summary>
    internal static bool IsRegister(Token token) => token.Kind == TokenKind.Word && TryRegister(token.Text, out _, out _);

    /// <summary>Reads a register of the given width.</summary>
    internal Register ReadRegister(bool is64)
    {
        Token token = reader.Next;
        (Register register, bool actual) = ReadRegister();
        return actual == is64 ? register : throw reader.Error(token, $"a register of {(is64 ? "64 bits: r" : "32 bits: w")}{(int)register} was expected, not '{token.Text}'");
    }

    /// <summary>Reads a register of either width.</summary>
    internal (Register Register, bool Is64) ReadRegister()
    {
        if (reader.Next.Kind != TokenKind.Word || !TryRegister(reader.Next.Text, out Register register, out bool is64))
            throw reader.Expected("a register (r0 to r10, or w0 to w10 for its lower half)");
        reader.Take();
        return (register, is64);
    }

    /// <summary>True for text that reads as a register, so that a name spelt so needs quotes.</summary>
    internal static bool TryRegister(string text, out Register register, out bool is64)
    {
        register = 0;
        is64 = text.StartsWith('r');
        if (text == "fp")
        {
            (register, is64) = (Register.R10, true);
            return true;
        }
        if (text.Length is < 2 or > 3 || text[0] is not ('r' or 'w') || !byte.TryParse(text.AsSpan(1), out byte number) || number > 10 || (text[1] == '0' && text.Length > 2))
            return false;
        register = (Register)number;
        return true;
    }

    internal static ParsedInstruction Plain(Instruction instruction) => new(instruction);

    private static Instruction Make(Opcode opcode) => new(opcode, 0, 0, 0, 0);
}
