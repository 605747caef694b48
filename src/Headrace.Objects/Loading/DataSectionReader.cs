using Headrace.Bytecode;
using Headrace.Objects.Elf;

namespace Headrace.Objects.Loading;

/// <summary>Data sections become array maps of one element, and their variables can be read and set by name.</summary>
internal sealed class DataSectionReader(ElfFile elf, CollectionSpec spec, MapTable maps, List<string> notes)
{
    private const long MaxZeroedSize = 64 << 20;
    private const int MaxSections = 256; // a program can use 64 maps (MAX_USED_MAPS, include/linux/bpf_verifier.h)

    private long _zeroed;
    private int _sections;

    public void Read()
    {
        foreach (ElfSection section in elf.Sections)
        {
            if (section.Size == 0)
                continue;
            bool zeroed = section.Type == ElfSectionType.NoBits && IsNamed(section.Name, ".bss");
            bool constant = section.Type == ElfSectionType.ProgramBits && IsNamed(section.Name, ".rodata");
            bool data = section.Type == ElfSectionType.ProgramBits && IsNamed(section.Name, ".data");
            if (zeroed || constant || data)
                Add(section, constant);
            else if (section.Name is ".struct_ops" or ".struct_ops.link")
                notes.Add($"{section.Title} is left out: struct_ops maps are not built from objects yet, its programs are there");
        }
    }

    private static bool IsNamed(string section, string name) =>
        section.StartsWith(name, StringComparison.Ordinal) && (section.Length == name.Length || section[name.Length] == '.');

    private void Add(ElfSection section, bool constant)
    {
        if (++_sections > MaxSections)
            throw new ObjectException(elf.File, section.Title, $"it is one of more than {MaxSections} data sections: put the variables into fewer");
        byte[] bytes = section.Type == ElfSectionType.NoBits ? Zeroed(section) : elf.Contents(section).Memory.ToArray();
        int type = spec.Types?.Find(section.Name, BtfKind.DataSection) ?? 0;
        var map = new MapSpec
        {
            Name = section.Name,
            KernelName = DataSectionNames.KernelName(elf.File, section.Name),
            Type = MapType.Array,
            KeySize = sizeof(uint),
            ValueSize = (uint)bytes.Length,
            MaxEntries = 1,
            Flags = (HasVisibleVariable(type) ? MapFlags.Mmapable : MapFlags.None) | (constant ? MapFlags.ReadOnlyProgram : MapFlags.None),
            ValueTypeId = type,
            Data = bytes,
            Freeze = constant,
        };
        if (spec.Types is { } types)
            SpecialFieldReader.Fill(map, types);
        maps.AddData(map, section);
        if (type != 0)
            AddVariables(map, (BtfDataSection)spec.Types![type]);
        else
            AddSymbols(map, section);
    }

    // As libbpf does: data that only the object itself can name is not to be mapped by user space.
    private bool HasVisibleVariable(int section) => section != 0 && ((BtfDataSection)spec.Types![section]).Variables
        .Any(place => spec.Types[place.TypeId] is BtfVariable { Linkage: not BtfLinkage.Static });

    // The size of such a section is only a number in the file: a few bytes could ask for all memory.
    private byte[] Zeroed(ElfSection section)
    {
        _zeroed = section.Size > MaxZeroedSize ? long.MaxValue : _zeroed + (long)section.Size;
        return _zeroed <= MaxZeroedSize
            ? new byte[section.Size]
            : throw new ObjectException(elf.File, section.Title, $"zeroed data of more than {MaxZeroedSize >> 20} MiB: use a map for it");
    }

    private void AddVariables(MapSpec map, BtfDataSection section)
    {
        long end = 0;
        foreach (BtfSectionVariable place in section.Variables)
        {
            if (spec.Types![place.TypeId] is not BtfVariable variable)
                throw new ObjectException(elf.File, $"section '{map.Name}'", $"BTF type {place.TypeId} in it is no variable");
            if (place.Offset > (uint)map.Data!.Length || place.Size > (uint)map.Data.Length - place.Offset)
                throw new ObjectException(elf.File, $"variable '{variable.Name}'", $"{place.Size} bytes at byte {place.Offset} lie outside of section '{map.Name}', which has {map.Data.Length}");
            if (place.Offset < end && place.Size > 0)
                throw new ObjectException(elf.File, $"variable '{variable.Name}'", $"it overlaps the one before it in section '{map.Name}': the relocations of .BTF are missing or damaged");
            end = Math.Max(end, place.Offset + (long)place.Size);
            AddVariable(map, variable.Name, (int)place.Offset, (int)place.Size, variable.TypeId);
        }
    }

    private void AddSymbols(MapSpec map, ElfSection section)
    {
        foreach (ref readonly ElfSymbol symbol in elf.Symbols.AsSpan())
        {
            if (symbol.Section == section.Index && symbol.Type == ElfSymbolType.Object &&
                symbol.Value <= (ulong)map.Data!.Length && symbol.Size <= (ulong)map.Data.Length - symbol.Value)
            {
                AddVariable(map, elf.NameOf(symbol), (int)symbol.Value, (int)symbol.Size, 0);
            }
        }
    }

    private void AddVariable(MapSpec map, string name, int offset, int size, int type)
    {
        if (spec.Variables.Contains(name))
            name = $"{name}@{map.Name}+{offset}";
        if (!spec.Variables.Contains(name))
            spec.Variables.Add(new VariableSpec(elf.File, name, map, offset, size, type));
    }
}
