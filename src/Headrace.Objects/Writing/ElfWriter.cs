using Headrace.Objects.Elf;

namespace Headrace.Objects.Writing;

/// <summary>Lays out a relocatable ELF64 little-endian file for eBPF (System V ABI, chapter 4).</summary>
internal sealed class ElfWriter
{
    public const ulong Writable = 0x1;
    public const ulong Allocated = 0x2;
    public const ulong Executable = 0x4;

    private const ulong InfoLink = 0x40;
    private const int HeaderSize = 64;
    private const int SymbolSize = 24;
    private const int RelocationSize = 16;
    private const ushort MachineBpf = 247; // EM_BPF

    private readonly List<Section> _sections = [new Section { Name = "", Type = ElfSectionType.Null }];
    private readonly List<Symbol> _symbols = [];

    /// <summary>Adds a section with its symbol.</summary>
    /// <returns>Its index.</returns>
    public int AddSection(string name, ElfSectionType type, ulong flags, int alignment, ReadOnlySpan<byte> bytes)
    {
        bool zero = type == ElfSectionType.NoBits;
        _sections.Add(new Section
        {
            Name = name,
            Type = type,
            Flags = flags,
            Alignment = alignment,
            Bytes = zero ? [] : bytes.ToArray(),
            Size = (ulong)bytes.Length,
        });
        return _sections.Count - 1;
    }

    /// <summary>Adds a symbol; section 0 makes it one that something else defines.</summary>
    public void AddSymbol(string name, ElfSymbolType type, bool isGlobal, int section, long value, long size) =>
        _symbols.Add(new Symbol(name, type, isGlobal, section, (ulong)value, (ulong)size));

    /// <summary>Adds the symbol of a section, which references into it use.</summary>
    public void AddSectionSymbol(int section) => _symbols.Add(new Symbol(_sections[section].Name, ElfSymbolType.Section, false, section, 0, 0));

    /// <summary>Adds a relocation at a byte of a section, to a symbol or to a section's symbol.</summary>
    public void AddRelocation(int section, long offset, uint type, string target, bool toSection) =>
        _sections[section].Relocations.Add(((ulong)offset, type, target, toSection));

    /// <summary>The file.</summary>
    public byte[] ToBytes()
    {
        // Local symbols come first; section info says where the others start.
        List<Symbol> symbols = [.. _symbols.OrderBy(symbol => symbol.IsGlobal)];
        var index = new Dictionary<(string, bool), int>();
        for (int i = 0; i < symbols.Count; i++)
            index.TryAdd((symbols[i].Name, symbols[i].Type == ElfSymbolType.Section), i + 1);
        int symbolTable = _sections.Count + _sections.Count(section => section.Relocations.Count > 0);
        foreach ((Section section, int at) in _sections.Select((section, at) => (section, at)).Where(pair => pair.section.Relocations.Count > 0).ToList())
            _sections.Add(RelocationSection(section, at, index, symbolTable));
        var strings = new StringTableWriter();
        var table = new ByteWriter().Bytes(new byte[SymbolSize]);
        foreach (Symbol symbol in symbols)
        {
            bool isSection = symbol.Type == ElfSymbolType.Section;
            table.U32(isSection ? 0 : strings.Add(symbol.Name)).U8((byte)((symbol.IsGlobal ? 0x10 : 0) | (byte)symbol.Type)).U8(0)
                .U16((ushort)symbol.Section).U64(symbol.Value).U64(symbol.Size);
        }
        _sections.Add(new Section
        {
            Name = ".symtab",
            Type = ElfSectionType.SymbolTable,
            Alignment = 8,
            Bytes = table.Written.ToArray(),
            Size = (ulong)table.Length,
            Link = (uint)symbolTable + 1,
            Info = (uint)symbols.Count(symbol => !symbol.IsGlobal) + 1,
            EntrySize = SymbolSize,
        });
        foreach (Section section in _sections)
            strings.Add(section.Name);
        strings.Add(".strtab");
        _sections.Add(new Section { Name = ".strtab", Type = ElfSectionType.StringTable, Bytes = strings.Written.ToArray(), Size = (ulong)strings.Written.Length });
        return Layout(strings);
    }

    private static Section RelocationSection(Section target, int at, Dictionary<(string, bool), int> index, int symbolTable)
    {
        var entries = new ByteWriter();
        foreach ((ulong offset, uint type, string name, bool toSection) in target.Relocations)
            entries.U64(offset).U64(((ulong)index[(name, toSection)] << 32) | type);
        return new Section
        {
            Name = ".rel" + target.Name,
            Type = ElfSectionType.Relocations,
            Flags = InfoLink,
            Alignment = 8,
            Bytes = entries.Written.ToArray(),
            Size = (ulong)entries.Length,
            Link = (uint)symbolTable,
            Info = (uint)at,
            EntrySize = RelocationSize,
        };
    }

    private byte[] Layout(StringTableWriter strings)
    {
        var body = new ByteWriter();
        var headers = new ByteWriter();
        foreach (Section section in _sections)
        {
            body.Align(section.Alignment);
            headers.U32(strings.Add(section.Name)).U32((uint)section.Type).U64(section.Flags).U64(0)
                .U64(section.Type == ElfSectionType.Null ? 0 : (ulong)(HeaderSize + body.Length)).U64(section.Size)
                .U32(section.Link).U32(section.Info).U64(section.Type == ElfSectionType.Null ? 0 : (ulong)section.Alignment).U64(section.EntrySize);
            body.Bytes(section.Bytes);
        }
        body.Align(8);
        return new ByteWriter()
            .Bytes("\u007fELF"u8).U8(2).U8(1).U8(1).Bytes(new byte[9])
            .U16(1).U16(MachineBpf).U32(1).U64(0).U64(0).U64((ulong)(HeaderSize + body.Length)).U32(0)
            .U16(HeaderSize).U16(0).U16(0).U16(HeaderSize).U16((ushort)_sections.Count).U16((ushort)(_sections.Count - 1))
            .Bytes(body.Written).Bytes(headers.Written).Written.ToArray();
    }

    private sealed class Section
    {
        public required string Name { get; init; }
        public ElfSectionType Type { get; init; }
        public ulong Flags { get; init; }
        public int Alignment { get; init; } = 1;
        public byte[] Bytes { get; init; } = [];
        public ulong Size { get; init; }
        public uint Link { get; init; }
        public uint Info { get; init; }
        public ulong EntrySize { get; init; }
        public List<(ulong Offset, uint Type, string Target, bool ToSection)> Relocations { get; } = [];
    }

    private sealed record Symbol(string Name, ElfSymbolType Type, bool IsGlobal, int Section, ulong Value, ulong Size);
}
