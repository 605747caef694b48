using Headrace.Bytecode;
using Headrace.Objects.Elf;

namespace Headrace.Objects.Loading;

/// <summary>
/// Maps of section <c>.maps</c>: a variable each, whose struct type says everything. A number n is written as a pointer to an array of
/// n elements (<c>__uint</c> of bpf_helpers.h), a type as a pointer to it (<c>__type</c>).
/// </summary>
internal sealed class MapDefinitionReader(ElfFile elf, CollectionSpec spec, MapTable maps)
{
    private const string SectionName = ".maps";
    private const int PointerSize = 8;

    // Where each map's list of initial values stands: start and end in the section.
    private readonly List<(long Start, long End, MapSpec Map)> _initialValues = [];

    public void Read()
    {
        if (elf.Find(SectionName) is not { Size: > 0 } section)
            return;
        Btf types = spec.Types ?? throw Error("", "maps are defined by their BTF types here, and there is no BTF: compile with -g");
        BtfDataSection data = types.Find<BtfDataSection>(SectionName)
            ?? throw Error("", "the BTF does not describe it: compile with -g");
        foreach (BtfSectionVariable variable in data.Variables)
        {
            if (types[variable.TypeId] is not BtfVariable declaration)
                throw Error("", $"BTF type {variable.TypeId} in it is no variable");
            if (variable.Offset >= section.Size || variable.Size > section.Size - variable.Offset)
                throw Error(declaration.Name, $"{variable.Size} bytes at byte {variable.Offset} lie outside of the section, which has {section.Size}");
            MapSpec map = Define(types, declaration.Name, declaration.TypeId, variable, isInner: false);
            maps.Add(map, section, variable.Offset);
        }
    }

    /// <summary>Reads the relocations of the section: programs in program arrays, maps in maps.</summary>
    public void ReadInitialReferences(Dictionary<int, CodeSection> code)
    {
        if (elf.Find(SectionName) is not { } section)
            return;
        _initialValues.Sort((a, b) => a.Start.CompareTo(b.Start));
        foreach (ElfSection relocations in elf.Sections)
        {
            if (!relocations.IsRelocations || relocations.Info != (uint)section.Index)
                continue;
            foreach (ElfRelocation relocation in elf.Relocations(relocations))
                AddReference(relocation, code);
        }
    }

    private void AddReference(in ElfRelocation relocation, Dictionary<int, CodeSection> code)
    {
        long at = relocation.Offset <= int.MaxValue ? (long)relocation.Offset : -1;
        int index = LastStartingBefore(at);
        if (index < 0 || at >= _initialValues[index].End)
            throw Error("", $"a relocation at byte {relocation.Offset} is no initial value of a program array or map of maps");
        (long start, _, MapSpec map) = _initialValues[index];
        if ((at - start) % PointerSize != 0)
            throw Error(map.Name, $"the initial value at byte {relocation.Offset} is not aligned to {PointerSize}");
        ElfSymbol symbol = elf.Symbols[relocation.Symbol];
        long place = unchecked((long)symbol.Value + (relocation.Addend ?? 0));
        byte[] key = BitConverter.GetBytes((uint)((at - start) / PointerSize));
        map.Entries.Add(new MapEntrySpec(key, null, map.Type == MapType.ProgramArray
            ? ProgramAt(map, symbol, place, code)
            : MapAt(map, symbol, place)));
    }

    private int LastStartingBefore(long at)
    {
        int low = 0, high = _initialValues.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_initialValues[middle].Start <= at)
                low = middle + 1;
            else
                high = middle;
        }
        return low - 1;
    }

    private string ProgramAt(MapSpec map, in ElfSymbol symbol, long place, Dictionary<int, CodeSection> code)
    {
        CodeFunction? function = place >= 0 && place / Instruction.SlotSize <= int.MaxValue && code.TryGetValue(symbol.Section, out CodeSection? section)
            ? section.FunctionAt((int)(place / Instruction.SlotSize))
            : null;
        return function is not null && spec.Programs.Contains(function.Name)
            ? function.Name
            : throw Error(map.Name, $"its initial value '{elf.NameOf(symbol)}' is no program");
    }

    private string MapAt(MapSpec map, in ElfSymbol symbol, long place) => maps.At(symbol.Section, place) is { } index
        ? spec.Maps[index].Name
        : throw Error(map.Name, $"its initial value '{elf.NameOf(symbol)}' is no map");

    private MapSpec Define(Btf types, string name, int typeId, BtfSectionVariable place, bool isInner)
    {
        if (types[types.SkipModifiers(typeId)] is not BtfComposite { Kind: BtfKind.Struct } definition)
            throw Error(name, "its type is no struct");
        var fields = new MapFields(types, elf.File, name);
        MapSpec? inner = null;
        long? initialValues = null;
        foreach (BtfMember member in definition.Members)
        {
            if (member.Name != "values")
                fields.Read(member);
            else if (isInner)
                throw Error(name, "an inner map cannot have initial values itself");
            else
            {
                inner = DefineInner(types, name, member, fields.Type);
                initialValues = place.Offset + (member.BitOffset / 8);
            }
        }
        MapSpec map = fields.ToSpec(inner);
        // libbpf takes 4 bytes for the value of a map of maps: a file descriptor.
        if (initialValues is { } start)
            _initialValues.Add((start, (long)place.Offset + place.Size, map));
        return map;
    }

    private MapSpec? DefineInner(Btf types, string name, BtfMember member, MapType outer)
    {
        bool isMapOfMaps = outer is MapType.ArrayOfMaps or MapType.HashOfMaps;
        if (!isMapOfMaps && outer != MapType.ProgramArray)
            throw Error(name, $"only program arrays and maps of maps have initial values, it is {outer} (put the field 'type' first)");
        if (types[types.SkipModifiers(member.TypeId)] is not BtfArray array || types[types.SkipModifiers(array.ElementTypeId)] is not BtfPointer pointer)
            throw Error(name, "its field 'values' is no array of pointers");
        int target = types.SkipModifiers(pointer.TypeId);
        if (isMapOfMaps)
            return Define(types, $"{name}.inner", target, default, isInner: true);
        return types.KindOf(target) == BtfKind.Prototype
            ? null
            : throw Error(name, "its field 'values' is no array of pointers to functions (__array(values, int ()))");
    }

    private ObjectException Error(string map, string reason) =>
        new(elf.File, map.Length == 0 ? $"section '{SectionName}'" : $"map '{map}'", reason);
}
