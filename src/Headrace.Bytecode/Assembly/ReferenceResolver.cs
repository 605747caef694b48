namespace Headrace.Bytecode;

/// <summary>Turns the names in a module's code into references, the way compilers write them.</summary>
/// <remarks>
/// A function of the same section is called by distance; a static one of another section through that section's symbol, with its place in
/// the immediate; a global function of another section or of .text, a map, a variable and an extern through their own symbol.
/// </remarks>
internal sealed class ReferenceResolver(AssemblyModule module, IReadOnlyList<CodeSectionBuilder> sections)
{
    private readonly Dictionary<string, (CodeSectionBuilder Section, int Start, bool IsGlobal)> _functions = sections
        .SelectMany(section => section.Functions.Select(function => (section, function)))
        .ToDictionary(pair => pair.function.Name, pair => (pair.section, pair.function.Start, pair.function.IsGlobal), StringComparer.Ordinal);

    private readonly HashSet<string> _variables = new(module.Data.SelectMany(data => data.Variables).Select(variable => variable.Name), StringComparer.Ordinal);

    /// <summary>Resolves every name and adds the code sections to the module.</summary>
    /// <exception cref="AssemblerException">A name that nothing defines.</exception>
    public void Resolve()
    {
        foreach (CodeSectionBuilder section in sections)
        {
            var references = new List<SymbolReference>();
            foreach ((int slot, ParsedInstruction parsed, TokenReader reader) in section.Code.Pending)
                section.Code.Slots[slot] = Resolve(section, slot, parsed, reader, references);
            module.Code.Add(section.Build(references));
        }
    }

    private Instruction Resolve(CodeSectionBuilder section, int slot, ParsedInstruction parsed, TokenReader reader, List<SymbolReference> references)
    {
        // An object file leaves the kind of a 64-bit immediate to the loader, which knows what the symbol is.
        Instruction plain = parsed.Instruction.Opcode.IsWideLoad ? parsed.Instruction with { Src = 0, Immediate = parsed.Addend } : parsed.Instruction;
        switch (parsed.Operand)
        {
            case OperandKind.Call:
                return ResolveCall(section, slot, parsed, reader, references);
            case OperandKind.FunctionAddress:
                if (!_functions.TryGetValue(parsed.Name, out var function))
                    throw Undefined("function", parsed, reader, _functions.Keys);
                references.Add(new SymbolReference(slot, function.IsGlobal ? parsed.Name : function.Section.Name, !function.IsGlobal));
                return plain with { Immediate = function.IsGlobal ? 0 : function.Start * Instruction.SlotSize };
            case OperandKind.Map:
                if (!module.Maps.Exists(map => map.Name == parsed.Name))
                    throw Undefined("map", parsed, reader, module.Maps.Select(map => map.Name));
                references.Add(new SymbolReference(slot, parsed.Name, IsSection: false));
                return plain;
            case OperandKind.MapValue:
                if (!module.Data.Exists(data => data.Name == parsed.Name))
                    throw Undefined("data section", parsed, reader, module.Data.Select(data => data.Name));
                references.Add(new SymbolReference(slot, parsed.Name, IsSection: true));
                return plain;
            default:
                if (!_variables.Contains(parsed.Name) && !IsExtern(parsed.Name))
                    throw Undefined("variable", parsed, reader, _variables);
                references.Add(new SymbolReference(slot, parsed.Name, IsSection: false));
                return plain;
        }
    }

    private Instruction ResolveCall(CodeSectionBuilder section, int slot, ParsedInstruction parsed, TokenReader reader, List<SymbolReference> references)
    {
        Instruction call = parsed.Instruction;
        if (_functions.TryGetValue(parsed.Name, out var function))
        {
            // Loaders link global functions of .text alone; within another section only the distance works.
            if (function.IsGlobal && (function.Section != section || section.Name == ".text"))
            {
                references.Add(new SymbolReference(slot, parsed.Name, IsSection: false));
                return call with { Immediate = -1 };
            }
            if (function.Section == section)
                return call with { Immediate = function.Start - slot - 1 };
            references.Add(new SymbolReference(slot, function.Section.Name, IsSection: true));
            return call with { Immediate = function.Start - 1 };
        }
        if (IsExtern(parsed.Name))
        {
            references.Add(new SymbolReference(slot, parsed.Name, IsSection: false));
            return call with { Immediate = -1 };
        }
        return HelperNames.TryParse(parsed.Name, out HelperId helper)
            ? CallParser.Helper((long)helper).Instruction
            : throw reader.Error(parsed.Token, $"'{parsed.Name}' is neither a function here, nor a helper, nor declared with .extern{CodeBuilder.Known(_functions.Keys)}");
    }

    private bool IsExtern(string name) => module.Externs.Exists(item => item.Name == name);

    private static AssemblerException Undefined(string what, ParsedInstruction parsed, TokenReader reader, IEnumerable<string> known) =>
        reader.Error(parsed.Token, $"{what} '{parsed.Name}' is not defined{CodeBuilder.Known(known)}");
}
