using System.Globalization;
using System.Text;

namespace Headrace.Bytecode;

/// <summary>Writes a code section as text, its references by name.</summary>
internal sealed class CodeText
{
    private readonly StringBuilder _text;
    private readonly AssemblyModule _module;
    private readonly AssemblySection _section;
    private readonly Dictionary<int, SymbolReference> _references;
    private readonly Dictionary<int, AssemblyFunction> _functions;
    private readonly Dictionary<int, AssemblyLine> _lines = [];
    private readonly DisassemblyNames _names;

    public CodeText(StringBuilder text, AssemblyModule module, AssemblySection section, bool labels)
    {
        _text = text;
        _module = module;
        _section = section;
        _references = section.References.ToDictionary(reference => reference.Slot);
        _functions = section.Functions.ToDictionary(function => function.Start);
        foreach (AssemblyLine line in section.Lines)
            _lines[line.Slot] = line;
        _names = new DisassemblyNames
        {
            // What a distance says of a static function, its name says too; a global one would become a reference.
            Function = slot => _functions.TryGetValue(slot, out AssemblyFunction? function) && ReadsAsDistance(function) ? AssemblyNames.Quote(function.Name) : null,
            Label = labels ? ProgramText.Labels(section.Instructions) : null,
        };
    }

    /// <summary>Writes the section.</summary>
    public void Write()
    {
        string lastLine = "";
        for (int slot = 0; slot < _section.Instructions.Length; slot++)
        {
            if (_functions.TryGetValue(slot, out AssemblyFunction? function))
                _text.Append(CultureInfo.InvariantCulture, $"{(slot == 0 ? "" : "\n")}.func {AssemblyNames.Quote(function.Name)}{(function.IsGlobal ? "" : " static")}\n");
            if (_names.Label?.Invoke(slot) is string label)
                _text.Append(CultureInfo.InvariantCulture, $"{label}:\n");
            if (_lines.TryGetValue(slot, out AssemblyLine? line) && line.Text.Trim() is { Length: > 0 } source && source != lastLine)
                _text.Append("\t; ").Append(lastLine = source.ReplaceLineEndings(" ")).Append('\n');
            if (_references.TryGetValue(slot, out SymbolReference? reference) && Refer(_section.Instructions[slot], reference) is string referring)
            {
                _text.Append('\t').Append(referring).Append('\n');
                slot += _section.Instructions[slot].Slots - 1;
                continue;
            }
            if (reference is not null)
                _text.Append(CultureInfo.InvariantCulture, $"\t; refers to {AssemblyNames.QuoteText(reference.Target)}, which text cannot say\n");
            ProgramText.AppendLine(_text, _section.Instructions, ref slot, _names);
        }
    }

    private bool ReadsAsDistance(AssemblyFunction function) => !function.IsGlobal || _section.Name != ".text";

    private string? Refer(Instruction instruction, SymbolReference reference)
    {
        string target = AssemblyNames.Quote(reference.Target);
        if (instruction.IsCall)
            return FunctionName(reference, instruction.Imm32 + 1L) is string callee ? $"call {callee}" : null;
        int dst = (int)instruction.Dst;
        if (FunctionName(reference, instruction.Immediate / Instruction.SlotSize) is string function)
            return $"r{dst} = subprog[{function}] ll";
        if (_module.Maps.Exists(map => map.Name == reference.Target))
            return $"r{dst} = map[{target}] ll";
        if (reference.IsSection)
        {
            return _module.Data.Exists(data => data.Name == reference.Target) && instruction.Immediate is >= 0 and <= uint.MaxValue
                ? string.Create(CultureInfo.InvariantCulture, $"r{dst} = map[{target}][0]+{instruction.Immediate} ll")
                : null;
        }
        bool known = _module.Externs.Exists(item => item.Name == reference.Target) || _module.Data.Exists(data => data.Variables.Any(variable => variable.Name == reference.Target));
        return known && instruction.Immediate is >= 0 and <= uint.MaxValue
            ? string.Create(CultureInfo.InvariantCulture, $"r{dst} = &{target}{(instruction.Immediate == 0 ? "" : $"+{instruction.Immediate}")} ll")
            : null;
    }

    private string? FunctionName(SymbolReference reference, long slot)
    {
        if (reference.IsSection)
        {
            AssemblyFunction? inside = _module.Code.Find(code => code.Name == reference.Target)?.Functions.FirstOrDefault(function => function.Start == slot);
            return inside is null ? null : AssemblyNames.Quote(inside.Name);
        }
        bool isFunction = _module.Code.Exists(code => code.Functions.Any(function => function.Name == reference.Target))
            || (_section.Instructions[reference.Slot].IsCall && _module.Externs.Exists(item => item.Name == reference.Target));
        return isFunction ? AssemblyNames.Quote(reference.Target) : null;
    }
}
