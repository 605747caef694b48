using System.Buffers.Binary;
using Headrace.Bytecode;
using Headrace.Objects.Elf;

namespace Headrace.Objects.Loading;

/// <summary>Maps of old objects: a <c>struct bpf_map_def</c> for each symbol in section <c>maps</c>, five numbers and zeros.</summary>
internal sealed class LegacyMapReader(ElfFile elf, MapTable maps)
{
    private const int DefinitionSize = 20;

    public void Read()
    {
        if (elf.Find("maps") is not { Type: ElfSectionType.ProgramBits, Size: > 0 } section)
            return;
        Region region = elf.Contents(section);
        List<ElfSymbol> symbols = [];
        foreach (ref readonly ElfSymbol symbol in elf.Symbols.AsSpan())
        {
            if (symbol.Section == section.Index && (symbol.Type is ElfSymbolType.Object or ElfSymbolType.None))
                symbols.Add(symbol);
        }
        symbols.Sort((a, b) => a.Value.CompareTo(b.Value));
        for (int i = 0; i < symbols.Count; i++)
        {
            ulong end = i + 1 < symbols.Count ? symbols[i + 1].Value : section.Size;
            ulong size = end >= symbols[i].Value ? end - symbols[i].Value : 0;
            string name = elf.NameOf(symbols[i]);
            Add(section, name, symbols[i].Value, region.Slice(symbols[i].Value, size, $"map '{name}'"));
        }
    }

    private void Add(ElfSection section, string name, ulong offset, Region definition)
    {
        if (definition.Length < DefinitionSize)
            throw definition.Error($"its definition has {definition.Length} bytes; {DefinitionSize} are the least (type, key and value size, entries, flags)");
        if (definition.Span[DefinitionSize..].ContainsAnyExcept((byte)0))
            throw definition.Error("its definition has fields behind the flags (iproute2's or another loader's dialect): define it in section .maps with BTF");
        maps.Add(
            new MapSpec
            {
                Name = name,
                Type = (MapType)Field(definition, 0),
                KeySize = Field(definition, 4),
                ValueSize = Field(definition, 8),
                MaxEntries = Field(definition, 12),
                Flags = (MapFlags)Field(definition, 16),
            },
            section,
            (long)offset);
    }

    private static uint Field(Region definition, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(definition.Span[offset..]);
}
