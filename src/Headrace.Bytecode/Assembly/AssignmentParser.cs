namespace Headrace.Bytecode;

/// <summary>Reads the right side of <c>rN =</c> where it is neither a register nor a 32-bit number.</summary>
internal sealed class AssignmentParser(TokenReader reader, InstructionParser instructions)
{
    /// <summary>True when the number that comes next is a 64-bit immediate: it ends in <c>ll</c>.</summary>
    public static bool IsWideNumber(TokenReader reader) => reader.EndsWith("ll");

    /// <summary>Reads <c>0x1122334455667788 ll</c>.</summary>
    public ParsedInstruction ReadWideNumber(Register dst, bool is64)
    {
        RequireWide(is64);
        bool negative = reader.TryTake("-");
        if (!negative)
            reader.TryTake("+");
        ulong magnitude = reader.ExpectUnsigned("a number of 64 bits", negative ? 1UL << 63 : ulong.MaxValue);
        return Wide(dst, WideLoadKind.Constant, negative ? -(long)magnitude : (long)magnitude);
    }

    /// <summary>Reads the right side.</summary>
    public ParsedInstruction Read(Register dst, bool is64)
    {
        Token token = reader.Next;
        if (reader.TryTake("-"))
        {
            RequireSame(dst, is64, "negates");
            return InstructionParser.Plain(new(Opcode.Alu(AluOp.Neg, is64, usesRegister: false), dst, 0, 0, 0));
        }
        if (reader.TryTake("("))
            return ReadSignExtension(dst, is64);
        if (reader.TryTake("*"))
            return ReadLoad(dst, is64);
        if (reader.TryTake("&"))
        {
            RequireWide(is64);
            Token name = reader.Next;
            string variable = reader.ExpectName("a variable");
            uint addend = reader.TryTake("+") ? (uint)reader.ExpectUnsigned("an offset in bytes", uint.MaxValue) : 0;
            return Wide(dst, WideLoadKind.MapValueIndex, 0) with { Operand = OperandKind.Variable, Name = variable, Addend = addend, Token = name };
        }
        if (token.Kind != TokenKind.Word)
            throw reader.Expected("a register, a number, '*(type *)(register + offset)', 'map[name]' or '&variable'");
        if (token.Text.StartsWith("atomic", StringComparison.Ordinal) || token.Text == "load_acquire")
            return ReadAtomic(dst, is64);
        switch (token.Text)
        {
            case "map" or "subprog" or "btf":
                RequireWide(is64);
                return ReadReference(dst);
            case "addr_space_cast":
                return ReadCast(dst, is64);
            case "be16" or "be32" or "be64" or "le16" or "le32" or "le64" or "bswap16" or "bswap32" or "bswap64":
                RequireWide(is64);
                reader.Take();
                RequireSame(dst, is64, "swaps the bytes of");
                bool unconditional = token.Text[1] == 's';
                return InstructionParser.Plain(new(Opcode.Alu(AluOp.End, unconditional, token.Text[0] == 'b' && !unconditional), dst, 0, 0,
                    int.Parse(token.Text.AsSpan(token.Text.Length - 2), System.Globalization.CultureInfo.InvariantCulture)));
            default:
                throw reader.Expected("a register, a number, '*(type *)(register + offset)', 'map[name]' or '&variable'");
        }
    }

    private ParsedInstruction ReadSignExtension(Register dst, bool is64)
    {
        short width = reader.Next.Text switch { "s8" => 8, "s16" => 16, "s32" => 32, _ => throw reader.Expected("s8, s16 or s32") };
        reader.Take();
        reader.Expect(")");
        return InstructionParser.Plain(new(Opcode.Alu(AluOp.Mov, is64, usesRegister: true), dst, instructions.ReadRegister(is64), width, 0));
    }

    private ParsedInstruction ReadLoad(Register dst, bool is64)
    {
        RequireWide(is64);
        Token typeToken = reader.Second;
        (AccessSize size, bool signed) = instructions.ReadType();
        if (!reader.TryTakeWord("skb"))
        {
            (Register register, short offset) = instructions.ReadAddress();
            return InstructionParser.Plain(new(Opcode.Memory(OpcodeClass.Ldx, signed ? AccessMode.MemSx : AccessMode.Mem, size), dst, register, offset, 0));
        }
        if (signed || dst != Register.R0)
            throw reader.Error(typeToken, "packet access loads u8, u16 or u32 into r0");
        reader.Expect("[");
        bool indirect = InstructionParser.IsRegister(reader.Next);
        Register index = indirect ? instructions.ReadRegister(is64: true) : 0;
        if (indirect && !reader.Next.Is("]"))
            reader.Expect("+");
        long at = reader.Next.Is("]") && indirect ? 0 : reader.ExpectNumber("an offset in bytes", int.MinValue, int.MaxValue);
        reader.Expect("]");
        return InstructionParser.Plain(new(Opcode.Memory(OpcodeClass.Ld, indirect ? AccessMode.Ind : AccessMode.Abs, size), 0, index, 0, at));
    }

    private ParsedInstruction ReadAtomic(Register dst, bool is64)
    {
        RequireWide(is64);
        Token name = reader.Take();
        reader.Expect("(");
        (AccessSize size, Register address, short offset) = instructions.ReadPointer();
        if (name.Text == "load_acquire")
        {
            reader.Expect(")");
            return InstructionParser.Plain(InstructionParser.Atomic(AtomicOp.LoadAcquire, size, dst, address, offset));
        }
        bool wide = name.Text.StartsWith("atomic64_", StringComparison.Ordinal);
        string operation = name.Text[(wide ? "atomic64_" : "atomic_").Length..];
        AtomicOp? op = operation switch
        {
            "xchg" => AtomicOp.Exchange,
            "cmpxchg" => AtomicOp.CompareExchange,
            _ when operation.StartsWith("fetch_", StringComparison.Ordinal) => Operators.AtomicFetch(operation["fetch_".Length..]),
            _ => null,
        };
        if (op is null)
            throw reader.Error(name, $"'{name.Text}' is no atomic operation: fetch_add, fetch_or, fetch_and, fetch_xor, xchg, cmpxchg after atomic_ or atomic64_");
        if (wide != (size == AccessSize.Double))
            throw reader.Error(name, $"'{name.Text}' works on {(wide ? "u64" : "u32")}, not {Operators.Type(size, false)}");
        reader.Expect(",");
        if (op == AtomicOp.CompareExchange)
        {
            if (dst != Register.R0 || !reader.Next.IsWord("r0"))
                throw reader.Expected("r0, which cmpxchg compares with and writes,");
            reader.Take();
            reader.Expect(",");
        }
        Token operand = reader.Next;
        Register src = instructions.ReadRegister(is64: true);
        reader.Expect(")");
        if (op != AtomicOp.CompareExchange && src != dst)
            throw reader.Error(operand, $"r{(int)dst} was expected: the operation returns the old value in its operand");
        return InstructionParser.Plain(InstructionParser.Atomic(op.Value, size, address, src, offset));
    }

    private ParsedInstruction ReadCast(Register dst, bool is64)
    {
        RequireWide(is64);
        reader.Take();
        reader.Expect("(");
        Register src = instructions.ReadRegister(is64: true);
        reader.Expect(",");
        long to = reader.ExpectNumber("an address space", 0, ushort.MaxValue);
        reader.Expect(",");
        long from = reader.ExpectNumber("an address space", 0, ushort.MaxValue);
        reader.Expect(")");
        return InstructionParser.Plain(new(Opcode.Alu(AluOp.Mov, is64: true, usesRegister: true), dst, src, 1, (int)((to << 16) | from)));
    }

    private ParsedInstruction ReadReference(Register dst)
    {
        string what = reader.Take().Text;
        reader.Expect("[");
        ParsedInstruction parsed = what switch
        {
            "map" => ReadMap(dst),
            "subprog" => ReadFunction(dst),
            _ => Wide(dst, WideLoadKind.BtfId, (long)ReadClosed("a BTF id")),
        };
        if (what == "btf" && reader.TryTake("["))
        {
            reader.ExpectWord("fd");
            reader.Expect(":");
            parsed = parsed with { Instruction = parsed.Instruction with { Immediate = parsed.Instruction.Immediate | (long)(ReadClosed("a file descriptor") << 32) } };
        }
        reader.TryTakeWord("ll");
        return parsed;
    }

    private ParsedInstruction ReadMap(Register dst)
    {
        Token token = reader.Next;
        string name = reader.ExpectName("a map's name, idx:N or fd:N");
        bool byNumber = token.Kind == TokenKind.Word && name is "idx" or "fd" && reader.TryTake(":");
        ulong number = byNumber ? (uint)reader.ExpectNumber("a number", int.MinValue, int.MaxValue) : 0;
        reader.Expect("]");
        uint? offset = null;
        if (reader.TryTake("["))
        {
            reader.ExpectNumber("the element 0", 0, 0);
            reader.Expect("]");
            offset = reader.TryTake("+") ? (uint)reader.ExpectUnsigned("an offset in bytes", uint.MaxValue) : 0;
        }
        if (!byNumber)
        {
            return offset is uint addend
                ? Wide(dst, WideLoadKind.MapValueIndex, 0) with { Operand = OperandKind.MapValue, Name = name, Addend = addend, Token = token }
                : Wide(dst, WideLoadKind.MapIndex, 0) with { Operand = OperandKind.Map, Name = name, Token = token };
        }
        WideLoadKind kind = (name, offset) switch
        {
            ("fd", null) => WideLoadKind.MapFd,
            ("fd", _) => WideLoadKind.MapValueFd,
            (_, null) => WideLoadKind.MapIndex,
            _ => WideLoadKind.MapValueIndex,
        };
        return Wide(dst, kind, (long)(number | ((ulong)(offset ?? 0) << 32)));
    }

    private ParsedInstruction ReadFunction(Register dst)
    {
        Token token = reader.Next;
        if (token.Is("+") || token.Is("-"))
        {
            long distance = (uint)reader.ExpectNumber("a distance", int.MinValue, int.MaxValue);
            reader.Expect("]");
            return Wide(dst, WideLoadKind.Function, distance);
        }
        string name = reader.ExpectName("a function or a distance such as +3");
        reader.Expect("]");
        return Wide(dst, WideLoadKind.Function, 0) with { Operand = OperandKind.FunctionAddress, Name = name, Token = token };
    }

    private ulong ReadClosed(string what)
    {
        ulong value = (uint)reader.ExpectNumber(what, int.MinValue, int.MaxValue);
        reader.Expect("]");
        return value;
    }

    private void RequireSame(Register dst, bool is64, string verb)
    {
        Token token = reader.Next;
        if (!InstructionParser.IsRegister(token) || instructions.ReadRegister() != (dst, is64))
            throw reader.Error(token, $"{(is64 ? 'r' : 'w')}{(int)dst} was expected: the instruction {verb} one register in place");
    }

    private void RequireWide(bool is64)
    {
        if (!is64)
            throw reader.Error(reader.Next, "a w register takes a register, a number, or '(s8)' and '(s16)' of a register here; loads and addresses need an r register");
    }

    private ParsedInstruction Wide(Register dst, WideLoadKind kind, long immediate)
    {
        reader.TryTakeWord("ll");
        return InstructionParser.Plain(new(Opcode.WideLoad, dst, (Register)kind, 0, immediate));
    }
}
