using Headrace.Bytecode;
using Headrace.Objects.Loading;

namespace Headrace.Objects.Writing;

/// <summary>Takes a collection apart into the sections of an object: programs in their own sections, what they call in <c>.text</c>, once.</summary>
internal sealed class SpecModule
{
    private const string SubprogramSection = ".text";

    private readonly CollectionSpec _spec;
    private readonly AssemblyModule _module;
    private readonly Dictionary<string, SpecSection> _sections = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Name, int Start)> _subprograms = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    private SpecModule(CollectionSpec spec)
    {
        _spec = spec;
        _module = new AssemblyModule { Source = spec.Source, License = spec.License };
    }

    /// <summary>The module of a collection.</summary>
    /// <exception cref="ObjectException">Something an object cannot say: elements with given bytes, or an instruction that refers to a plain map's value.</exception>
    public static AssemblyModule From(CollectionSpec spec) => new SpecModule(spec).Build();

    private AssemblyModule Build()
    {
        foreach (MapSpec map in _spec.Maps)
            AddMap(map);
        foreach (ProgramSpec program in _spec.Programs)
            _names.Add(program.Name);
        foreach (ProgramSpec program in _spec.Programs)
            AddFunction(new SpecFunction(program, 0), SectionOf(program), program.Name, isGlobal: true);
        foreach (SpecSection section in _sections.Values)
            _module.Code.Add(section.Build());
        return _module;
    }

    private void AddMap(MapSpec map)
    {
        _names.Add(map.Name);
        if (map.Name == ".kconfig" && map.IsDataSection)
        {
            foreach (VariableSpec variable in _spec.Variables.Where(variable => variable.Map == map))
                _module.Externs.Add(new AssemblyExtern(variable.Name, variable.Size));
            return;
        }
        if (map.Data is not { } data)
        {
            if (map.Entries.Find(entry => entry.Reference is null) is not null)
                throw new ObjectException(_spec.Source, $"map '{map.Name}'", "it holds elements of given bytes, which an object cannot say: put them in when it is loaded");
            _module.Maps.Add(ModuleReader.ToDefinition(map));
            return;
        }
        _module.Data.Add(new AssemblyData
        {
            Name = map.Name,
            Bytes = [.. data],
            Variables = [.. _spec.Variables.Where(variable => variable.Map == map).OrderBy(variable => variable.Offset)
                .Select(variable => new AssemblyVariable(variable.Name, variable.Offset, variable.Size, IsGlobal: true))],
        });
    }

    private string SectionOf(ProgramSpec program)
    {
        if (program.Section.Length > 0)
            return program.Section;
        SectionRule? rule = SectionRules.All.FirstOrDefault(rule =>
            rule.Type == program.Type && rule.AttachType == program.ExpectedAttachType && rule.Flags == program.Flags);
        return rule is null
            ? throw new ObjectException(_spec.Source, $"program '{program.Name}'", $"no section stands for type {program.Type} attached at {program.ExpectedAttachType}: set ProgramSpec.Section")
            : program.AttachTarget.Length > 0 ? $"{rule.Prefix}/{program.AttachTarget}" : rule.Prefix;
    }

    private int AddFunction(SpecFunction function, string sectionName, string name, bool isGlobal)
    {
        if (!_sections.TryGetValue(sectionName, out SpecSection? section))
            _sections.Add(sectionName, section = new SpecSection(sectionName));
        int start = section.Begin(name, function.Length, isGlobal);
        for (int slot = function.Start; slot < function.End; slot++)
        {
            int place = start + slot - function.Start;
            if (function.Program.LineAt(slot) is { } line && line.Instruction == slot)
                section.Lines.Add(new AssemblyLine(place, line.Line, line.Text));
            section.Instructions[place] = Unlink(function, section, slot, place);
        }
        return start;
    }

    private Instruction Unlink(SpecFunction function, SpecSection section, int slot, int place)
    {
        ProgramSpec program = function.Program;
        Instruction instruction = program.Instructions[slot];
        string? kernel = program.Kfuncs.GetValueOrDefault(slot) ?? program.KernelSymbols.GetValueOrDefault(slot);
        if (kernel is not null)
        {
            if (!_module.Externs.Exists(item => item.Name == kernel))
                _module.Externs.Add(new AssemblyExtern(kernel));
            section.References.Add(new SymbolReference(place, kernel, IsSection: false));
            return instruction.IsCall ? Instruction.CallLocal(-1) : instruction with { Src = 0, Immediate = 0 };
        }
        if (instruction.IsCall ? instruction.CallKind == CallKind.Local : instruction.Opcode.IsWideLoad && instruction.WideLoadKind == WideLoadKind.Function)
            return UnlinkFunction(function, section, slot, place);
        if (!instruction.Opcode.IsWideLoad || instruction.WideLoadKind is not (WideLoadKind.MapIndex or WideLoadKind.MapValueIndex))
            return instruction;
        if ((uint)instruction.Imm32 >= (uint)_spec.Maps.Count)
            throw Error(function, slot, $"it refers to map {instruction.Imm32} of {_spec.Maps.Count}");
        MapSpec map = _spec.Maps[instruction.Imm32];
        bool isValue = instruction.WideLoadKind == WideLoadKind.MapValueIndex;
        if (isValue != map.IsDataSection)
            throw Error(function, slot, $"it takes the address of {(isValue ? "the value" : "the map")} of '{map.Name}', which an object cannot say");
        uint offset = isValue ? (uint)(instruction.Immediate >> 32) : 0;
        VariableSpec? configured = map.Name == ".kconfig"
            ? _spec.Variables.FirstOrDefault(variable => variable.Map == map && variable.Offset <= offset && offset < variable.Offset + variable.Size)
            : null;
        section.References.Add(new SymbolReference(place, configured?.Name ?? map.Name, IsSection: isValue && configured is null));
        return instruction with { Src = 0, Immediate = offset - (uint)(configured?.Offset ?? 0) };
    }

    private Instruction UnlinkFunction(SpecFunction function, SpecSection section, int slot, int place)
    {
        Instruction instruction = function.Program.Instructions[slot];
        int target = slot + 1 + instruction.Imm32;
        if (target == 0)
            throw Error(function, slot, "it calls its own program, which an object cannot say");
        SpecFunction callee = SpecFunction.At(function.Program, target) ?? throw Error(function, slot, $"it refers to instruction {target}, where no function starts");
        int start = PlaceSubprogram(callee);
        if (instruction.IsCall && section.Name == SubprogramSection)
            return instruction with { Immediate = start - place - 1 };
        section.References.Add(new SymbolReference(place, SubprogramSection, IsSection: true));
        return instruction.IsCall ? instruction with { Immediate = start - 1 } : instruction with { Src = 0, Immediate = (long)start * Instruction.SlotSize };
    }

    // Programs carry copies of what they call. Copies that are the same, down to what they call in turn, become one again.
    private int PlaceSubprogram(SpecFunction function)
    {
        string key = function.Identity(_spec);
        if (_subprograms.TryGetValue(key, out (string Name, int Start) known))
            return known.Start;
        string name = function.Name;
        for (int number = 1; !_names.Add(name); number++)
            name = $"{function.Name}.{number}";
        // Its place is known before its body, which may call itself.
        int start = _sections.TryGetValue(SubprogramSection, out SpecSection? text) ? text.Instructions.Count : 0;
        _subprograms.Add(key, (name, start));
        return AddFunction(function, SubprogramSection, name, isGlobal: false);
    }

    private ObjectException Error(SpecFunction function, int slot, string reason) =>
        new(_spec.Source, $"program '{function.Program.Name}' instruction {slot}", reason);
}
