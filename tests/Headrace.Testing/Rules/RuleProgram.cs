using System.Globalization;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Testing.Rules;

/// <summary>Builds the program of a rule's case from its lines.</summary>
internal static class RuleProgram
{
    /// <summary>The program and the types of its functions.</summary>
    public static (ProgramSpec Program, Btf? Types) Build(RuleSettings settings, string[] lines)
    {
        string[] words = settings.Type.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var type = Enum.Parse<ProgramType>(words[0]);
        var kfuncNames = new List<string>();
        Instruction[] code = Assembler.Assemble(string.Join('\n', lines.Select(line => NumberKfunc(line, kfuncNames))), name => RuleMaps.IndexOf(name, type));
        var kfuncs = new Dictionary<int, string>();
        for (int slot = 0; slot < code.Length; slot++)
        {
            if (!code[slot].IsCall || code[slot].CallKind != CallKind.Kfunc || code[slot].Imm32 >= kfuncNames.Count)
                continue;
            kfuncs[slot] = kfuncNames[code[slot].Imm32];
            code[slot] = code[slot] with { Immediate = 0 };
        }
        Btf? types = null;
        IReadOnlyList<FunctionSpec> functions = [];
        if (settings.HasTypes)
            (types, functions) = MakeTypes(settings, type, code, lines);
        var program = new ProgramSpec
        {
            Name = "rule",
            Type = type,
            ExpectedAttachType = words.Length > 1 ? Enum.Parse<AttachType>(words[1]) : default,
            License = settings.License,
            Flags = Enum.Parse<ProgramFlags>(settings.Flags),
            Instructions = code,
            Functions = functions,
            Kfuncs = kfuncs,
        };
        return (program, types);
    }

    // Kernel functions are called by names that begin with bpf_, helpers by theirs without it.
    private static string NumberKfunc(string line, List<string> names)
    {
        const string Call = "call bpf_";
        int at = line.IndexOf(Call, StringComparison.Ordinal);
        if (at < 0)
            return line;
        string name = line[(at + "call ".Length)..].Trim();
        int index = names.IndexOf(name);
        if (index < 0)
        {
            index = names.Count;
            names.Add(name);
        }
        return string.Create(CultureInfo.InvariantCulture, $"{line[..at]}call {name}#{index}");
    }

    private static (Btf Types, IReadOnlyList<FunctionSpec> Functions) MakeTypes(RuleSettings settings, ProgramType type, Instruction[] code, string[] lines)
    {
        Dictionary<int, string> names = NamesBySlot(lines);
        var starts = new SortedSet<int> { 0 };
        for (int slot = 0; slot < code.Length; slot++)
        {
            Instruction instruction = code[slot];
            if ((instruction.IsCall && instruction.CallKind == CallKind.Local) || (instruction.Opcode.IsWideLoad && instruction.WideLoadKind == WideLoadKind.Function))
                starts.Add(slot + 1 + instruction.Imm32);
        }
        foreach ((int slot, string name) in names)
        {
            if (settings.Globals.Any(global => NameOf(global) == name))
                starts.Add(slot);
        }
        var writer = new RuleTypes(type);
        var functions = new List<FunctionSpec>();
        foreach (int start in starts.Where(start => start >= 0 && start < code.Length))
        {
            string name = start == 0 ? "rule" : names.GetValueOrDefault(start, $"f{start}");
            string? global = start == 0 ? null : settings.Globals.FirstOrDefault(global => NameOf(global) == name);
            string? known = settings.Statics.FirstOrDefault(text => NameOf(text) == name);
            int id = start == 0 ? writer.Main()
                : global is null ? writer.Function(name, known ?? $"{name}()", BtfLinkage.Static)
                : writer.Function(name, global, BtfLinkage.Global);
            functions.Add(new FunctionSpec(name, start, start == 0 || global is not null, id));
        }
        return (Btf.Parse(writer.ToBytes(), "rule"), functions);
    }

    private static string NameOf(string global) => global[..global.IndexOf('(', StringComparison.Ordinal)];

    private static Dictionary<int, string> NamesBySlot(string[] lines)
    {
        var names = new Dictionary<int, string>();
        int slot = 0;
        foreach (string line in lines.Select(line => line.Trim()).Where(line => line.Length > 0))
        {
            if (line.EndsWith(':'))
                names[slot] = line[..^1];
            else
                slot += line.EndsWith(" ll", StringComparison.Ordinal) ? 2 : 1;
        }
        return names;
    }
}
