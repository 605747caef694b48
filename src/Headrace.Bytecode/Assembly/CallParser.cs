namespace Headrace.Bytecode;

/// <summary>Reads what follows <c>call</c>: a distance, a helper, a kfunc, or a name that is resolved later.</summary>
internal sealed class CallParser(TokenReader reader)
{
    private static readonly Opcode s_call = Opcode.Jump(JumpOp.Call, is64: true, usesRegister: false);

    /// <summary>Reads the target of a call.</summary>
    public ParsedInstruction Read()
    {
        Token token = reader.Next;
        if (token.Kind == TokenKind.Number || token.Is("#"))
        {
            reader.TryTake("#");
            return Helper(reader.ExpectNumber("a helper's number", 0, int.MaxValue));
        }
        if (token.Is("+") || token.Is("-") || (token.IsWord("pc") && (reader.Second.Is("+") || reader.Second.Is("-"))))
        {
            reader.TryTakeWord("pc");
            return InstructionParser.Plain(new(s_call, 0, (Register)CallKind.Local, 0, reader.ExpectNumber("a distance", int.MinValue, int.MaxValue)));
        }
        string name = reader.ExpectName("a helper, a function or a distance such as pc+3");
        if (reader.TryTake("-")) // kernel-function
            name += "-" + reader.ExpectName("a name");
        if (!reader.TryTake("#"))
            return new(new(s_call, 0, (Register)CallKind.Local, 0, 0), OperandKind.Call, name, 0, token);
        long number = reader.ExpectNumber("a number", int.MinValue, int.MaxValue);
        if (name is "unknown" or "helper")
            return Helper(number);
        if (HelperNames.TryParse(name, out HelperId helper))
        {
            return (long)helper == number
                ? Helper(number)
                : throw reader.Error(token, $"helper {name} has the number {(int)helper}, not {number}");
        }
        short btf = (short)(reader.TryTakeWord("btf") ? reader.ExpectNumber("the index of the BTF", short.MinValue, short.MaxValue) : 0);
        return InstructionParser.Plain(new(s_call, 0, (Register)CallKind.Kfunc, btf, number));
    }

    /// <summary>A call of a helper.</summary>
    internal static ParsedInstruction Helper(long number) => InstructionParser.Plain(new(s_call, 0, 0, 0, number));
}
