namespace Headrace.Bytecode;

/// <summary>Reads programs written in the syntax of the kernel verifier's log, with labels.</summary>
/// <remarks>
/// This is the reader of bare code, for tests and tools. A whole object, with sections, maps, functions and variables, is an
/// <see cref="AssemblyModule"/>.
/// </remarks>
public static class Assembler
{
    /// <summary>Assembles bare code: instructions, <c>label:</c> lines and comments.</summary>
    /// <param name="text">The code. <c>goto NAME</c> and <c>call NAME</c> go to labels; <c>call NAME</c> of no label calls the helper of that name.</param>
    /// <param name="mapIndex">The index of a map by its name, for <c>map[NAME]</c>; null or a null answer refuses the name.</param>
    /// <param name="source">What errors call the text.</param>
    /// <returns>The program by slot. Each instruction is valid; whether jumps by distance stay inside is for <see cref="InstructionValidator"/>.</returns>
    /// <exception cref="AssemblerException">The place in the text and what was expected there.</exception>
    public static Instruction[] Assemble(string text, Func<string, int?>? mapIndex = null, string source = "text")
    {
        ArgumentNullException.ThrowIfNull(text);
        var code = new CodeBuilder();
        int number = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            var reader = new TokenReader(Lexer.Read(line.ToString(), source, ++number), source, number);
            while (!reader.AtEnd && reader.Second.Is(":"))
            {
                Token token = reader.Next;
                code.Label(reader.ExpectName("a label"), reader, token);
                reader.Expect(":");
            }
            if (reader.AtEnd)
                continue;
            if (reader.TryTakeWord(".raw"))
                code.AddRaw(reader);
            else
                code.Add(new InstructionParser(reader).Read(), reader);
        }
        Resolve(code, mapIndex);
        code.CloseScope();
        return [.. code.Slots];
    }

    private static void Resolve(CodeBuilder code, Func<string, int?>? mapIndex)
    {
        foreach ((int slot, ParsedInstruction parsed, TokenReader reader) in code.Pending)
        {
            Instruction instruction = parsed.Instruction;
            code.Slots[slot] = parsed.Operand switch
            {
                OperandKind.Call when code.Labels.TryGetValue(parsed.Name, out int target) => instruction with { Immediate = target - slot - 1 },
                OperandKind.Call when HelperNames.TryParse(parsed.Name, out HelperId helper) => CallParser.Helper((long)helper).Instruction,
                OperandKind.Call => throw reader.Error(parsed.Token, $"'{parsed.Name}' is neither a label here nor a helper"),
                OperandKind.FunctionAddress when code.Labels.TryGetValue(parsed.Name, out int target) => instruction with { Immediate = (uint)(target - slot - 1) },
                OperandKind.FunctionAddress => throw reader.Error(parsed.Token, $"label '{parsed.Name}' is not defined{CodeBuilder.Known(code.Labels.Keys)}"),
                OperandKind.Map or OperandKind.MapValue when mapIndex?.Invoke(parsed.Name) is int index =>
                    instruction with { Immediate = (long)((uint)index | ((ulong)parsed.Addend << 32)) },
                OperandKind.Map or OperandKind.MapValue => throw reader.Error(parsed.Token, $"map '{parsed.Name}' is not known here"),
                OperandKind.Variable => throw reader.Error(parsed.Token, $"variable '{parsed.Name}' is not known here: variables need a whole object"),
                _ => instruction,
            };
        }
    }
}
