using Headrace.Bytecode;
using Headrace.Objects.Elf;

namespace Headrace.Objects.Writing;

/// <summary>Writes maps as libbpf reads them: a variable each in <c>.maps</c>, whose BTF struct says everything.</summary>
internal sealed class MapWriter(BtfWriter types, ElfWriter elf)
{
    private const string SectionName = ".maps";
    private const uint PointerSize = 8;
    private const uint PinByName = 1; // LIBBPF_PIN_BY_NAME
    private const uint AbsoluteReference = 2; // R_BPF_64_ABS64

    /// <summary>Writes the section, its types and symbols; nothing without maps.</summary>
    public void Write(IReadOnlyList<AssemblyMap> maps)
    {
        if (maps.Count == 0)
            return;
        List<(int Type, uint Offset, uint Size)> variables = [];
        List<(AssemblyMap Map, uint Offset, uint Size, uint Values)> places = [];
        uint end = 0;
        // libbpf creates maps in their order here and needs a map's elements first.
        foreach (AssemblyMap map in maps.OrderBy(map => map.Inner is not null && map.Entries.Count > 0))
        {
            (int type, uint size) = Define(map);
            uint room = size + (map.Entries.Count == 0 ? 0 : (map.Entries.Keys.Max() + 1) * PointerSize);
            variables.Add((types.Variable(map.Name, type, BtfLinkage.Global), end, room));
            places.Add((map, end, room, end + size));
            end += room;
        }
        types.DataSection(SectionName, end, variables);
        int section = elf.AddSection(SectionName, ElfSectionType.ProgramBits, ElfWriter.Allocated | ElfWriter.Writable, 8, new byte[end]);
        elf.AddSectionSymbol(section);
        foreach ((AssemblyMap map, uint offset, uint size, uint values) in places)
        {
            elf.AddSymbol(map.Name, ElfSymbolType.Object, isGlobal: true, section, offset, size);
            foreach ((uint index, string target) in map.Entries)
                elf.AddRelocation(section, values + (index * PointerSize), AbsoluteReference, target, toSection: false);
        }
    }

    private (int Type, uint Size) Define(AssemblyMap map)
    {
        List<(string, int, uint)> members = [];
        Number("type", (uint)map.Type);
        Number("key_size", map.KeySize);
        Number("value_size", map.ValueSize);
        Number("max_entries", map.MaxEntries);
        Number("map_flags", (uint)map.Flags);
        Number("map_extra", (uint)map.Extra);
        Number("numa_node", map.NumaNode);
        Number("pinning", map.PinByName ? PinByName : 0);
        uint size = (uint)members.Count * PointerSize;
        if (map.Inner is not null)
            members.Add(("values", types.Array(types.Pointer(Define(map.Inner).Type), 0), size));
        else if (map.Entries.Count > 0)
            members.Add(("values", types.Array(types.Pointer(types.Prototype(types.Integer(4))), 0), size));
        return (types.Struct("", size, members), size);

        // A number is a pointer to an array of so many elements. One-byte elements keep the array's size in 32 bits, as the kernel asks.
        void Number(string name, uint value)
        {
            if (value != 0)
                members.Add((name, types.Pointer(types.Array(types.Integer(1), value)), (uint)members.Count * PointerSize));
        }
    }
}
