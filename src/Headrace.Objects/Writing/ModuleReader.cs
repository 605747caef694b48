using Headrace.Bytecode;
using Headrace.Objects.Elf;
using Headrace.Objects.Loading;

namespace Headrace.Objects.Writing;

/// <summary>Reads an object file as a module of assembly: sections as they stand in the file, not yet linked.</summary>
internal sealed class ModuleReader
{
    private static readonly string[] s_notData = ["license", "version", ".maps", "maps", ".ksyms", ".kconfig", ".eh_frame"];

    private readonly ElfFile _elf;
    private readonly CollectionSpec _spec;
    private readonly AssemblyModule _module;
    private readonly string?[] _names;
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<int, CodeSection> _code = [];

    private ModuleReader(ReadOnlyMemory<byte> bytes, string source)
    {
        // Loading checks all that this reader relies on.
        _spec = CollectionSpec.Parse(bytes, source);
        _elf = ElfFile.Parse(bytes, source);
        _module = new AssemblyModule { Source = source, License = _elf.Find("license") is null ? null : _spec.License };
        _names = new string?[_elf.Symbols.Length];
    }

    /// <summary>Reads an object.</summary>
    /// <exception cref="ObjectException">It is no eBPF object, or damaged.</exception>
    public static AssemblyModule Read(ReadOnlyMemory<byte> bytes, string source) => new ModuleReader(bytes, source).Read();

    private AssemblyModule Read()
    {
        // The order the writer gives them, so that writing and reading again changes nothing.
        foreach (MapSpec map in _spec.Maps.Where(map => !map.IsDataSection).OrderBy(map => map.InnerMap is not null && map.Entries.Count > 0))
        {
            _taken.Add(map.Name);
            _module.Maps.Add(ToDefinition(map));
        }
        foreach (ElfSection section in _elf.Sections.Where(section => section.IsCode && section.Size > 0))
            _code.Add(section.Index, ReadFunctions(section));
        foreach (ElfSection section in _elf.Sections.Where(IsData))
            ReadData(section);
        ReadExterns();
        BtfExtension? extension = _spec.Types is not null && _elf.Find(".BTF.ext") is { Size: > 0 } lines
            ? BtfExtension.Parse(_elf.Contents(lines), _spec.Types)
            : null;
        foreach (CodeSection section in _code.Values)
        {
            if (extension is not null)
                section.Annotate(extension);
            ReadCode(section);
        }
        return _module;
    }

    /// <summary>A map as assembly text defines it.</summary>
    public static AssemblyMap ToDefinition(MapSpec map)
    {
        var definition = new AssemblyMap
        {
            Name = map.Name,
            Type = map.Type,
            KeySize = map.KeySize,
            ValueSize = map.ValueSize,
            MaxEntries = map.MaxEntries,
            Flags = map.Flags,
            Extra = map.Extra,
            NumaNode = map.NumaNode,
            PinByName = map.PinByName,
            Inner = map.InnerMap is null ? null : ToDefinition(map.InnerMap),
        };
        foreach (MapEntrySpec entry in map.Entries.Where(entry => entry.Reference is not null))
            definition.Entries[BitConverter.ToUInt32(entry.Key)] = entry.Reference!;
        return definition;
    }

    private CodeSection ReadFunctions(ElfSection section)
    {
        CodeSection code = CodeSection.Read(_elf, section);
        for (int i = 0; i < _elf.Symbols.Length; i++)
        {
            if (_elf.Symbols[i].Type != ElfSymbolType.Function || _elf.Symbols[i].Section != section.Index)
                continue;
            code.AddFunction(_elf, _elf.Symbols[i]);
            _names[i] = Unique(_elf.NameOf(_elf.Symbols[i]));
        }
        code.SortFunctions(_elf.File);
        return code;
    }

    // Two files linked into one may both have a static function or variable of one name; text needs different ones.
    private string Unique(string name)
    {
        string unique = name;
        for (int number = 1; !_taken.Add(unique); number++)
            unique = $"{name}.{number}";
        return unique;
    }

    private bool IsData(ElfSection section) =>
        section.Type is ElfSectionType.ProgramBits or ElfSectionType.NoBits && section.Size > 0 && !section.IsCode
        && (section.Flags & ElfWriter.Allocated) != 0 && !s_notData.Contains(section.Name) && !section.Name.StartsWith(".struct_ops", StringComparison.Ordinal);

    private void ReadData(ElfSection section)
    {
        // Loading has bounded what sections without bytes may ask for, but only for those that become maps.
        if (section.Type == ElfSectionType.NoBits && !_spec.Maps.Contains(section.Name))
            return;
        byte[] bytes = section.Type == ElfSectionType.NoBits ? new byte[section.Size] : _elf.Contents(section).Memory.ToArray();
        List<AssemblyVariable> variables = [];
        int end = 0;
        foreach (int i in Enumerable.Range(0, _elf.Symbols.Length)
            .Where(i => _elf.Symbols[i].Section == section.Index && _elf.Symbols[i].Type == ElfSymbolType.Object).OrderBy(i => _elf.Symbols[i].Value))
        {
            ElfSymbol symbol = _elf.Symbols[i];
            // An alias of a variable, or a symbol that is damaged, has no place of its own in the text.
            if (symbol.Value < (ulong)end || symbol.Value > (ulong)bytes.Length || symbol.Size > (ulong)bytes.Length - symbol.Value)
                continue;
            _names[i] = Unique(_elf.NameOf(symbol));
            variables.Add(new AssemblyVariable(_names[i]!, (int)symbol.Value, (int)symbol.Size, symbol.Binding != ElfSymbolBinding.Local));
            end = (int)(symbol.Value + symbol.Size);
        }
        _module.Data.Add(new AssemblyData { Name = section.Name, Bytes = bytes, Variables = variables });
    }

    private void ReadExterns()
    {
        Dictionary<string, int> sizes = [];
        foreach (BtfSectionVariable place in _spec.Types?.Find<BtfDataSection>(".kconfig")?.Variables ?? [])
        {
            if (_spec.Types![place.TypeId] is BtfVariable variable)
                sizes[variable.Name] = (int)_spec.Types.SizeOf(variable.TypeId);
        }
        for (int i = 1; i < _elf.Symbols.Length; i++)
        {
            ElfSymbol symbol = _elf.Symbols[i];
            if (symbol.IsUndefined && symbol.Type is ElfSymbolType.None or ElfSymbolType.Function && _elf.NameOf(symbol) is { Length: > 0 } name && _taken.Add(name))
            {
                _names[i] = name;
                _module.Externs.Add(new AssemblyExtern(name, sizes.GetValueOrDefault(name)));
            }
        }
    }

    private void ReadCode(CodeSection section)
    {
        List<SymbolReference> references = [];
        HashSet<int> slots = [];
        foreach (ElfSection relocations in _elf.Sections.Where(other => other.IsRelocations && other.Info == (uint)section.Section.Index))
        {
            foreach (ElfRelocation relocation in _elf.Relocations(relocations))
                Apply(section, relocation, references, slots);
        }
        Dictionary<int, string> names = [];
        for (int i = 0; i < _elf.Symbols.Length; i++)
        {
            if (_elf.Symbols[i].Type == ElfSymbolType.Function && _elf.Symbols[i].Section == section.Section.Index)
                names[(int)(_elf.Symbols[i].Value / Instruction.SlotSize)] = _names[i]!;
        }
        _module.Code.Add(new AssemblySection
        {
            Name = section.Section.Name,
            Instructions = section.Instructions,
            Functions = [.. section.Functions.Select(function => new AssemblyFunction(names[function.Start], function.Start, function.Length, function.Binding != ElfSymbolBinding.Local))],
            References = references,
            Lines = _spec.Types is { } types
                ? [.. section.Lines.Select(line => new AssemblyLine(line.Slot, line.Record.Line, types.Text(line.Record.Text)))]
                : [],
        });
    }

    private void Apply(CodeSection section, in ElfRelocation relocation, List<SymbolReference> references, HashSet<int> slots)
    {
        ulong slot = relocation.Offset / Instruction.SlotSize;
        if (slot >= (ulong)section.Instructions.Length || !slots.Add((int)slot))
            return;
        ElfSymbol symbol = _elf.Symbols[relocation.Symbol];
        if (symbol.Type == ElfSymbolType.Section)
            references.Add(new SymbolReference((int)slot, MapAt(symbol, section.Instructions[(int)slot].Immediate) ?? _elf.NameOf(symbol), IsSection: true));
        else
            references.Add(new SymbolReference((int)slot, _names[relocation.Symbol] ?? _elf.NameOf(symbol), IsSection: false));
    }

    // A static map is referred to by its place in the section of maps.
    private string? MapAt(in ElfSymbol section, long offset)
    {
        if (_elf.NameOf(section) is not (".maps" or "maps"))
            return null;
        foreach (ref readonly ElfSymbol symbol in _elf.Symbols.AsSpan())
        {
            if (symbol.Type == ElfSymbolType.Object && symbol.Section == section.Section && symbol.Value == (ulong)offset)
                return _elf.NameOf(symbol);
        }
        return null;
    }
}
