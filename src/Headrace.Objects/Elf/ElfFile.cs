namespace Headrace.Objects.Elf;

/// <summary>A relocatable ELF64 little-endian file for eBPF: sections, symbols, relocations (System V ABI, chapter 4).</summary>
internal sealed class ElfFile
{
    private const int HeaderSize = 64;
    private const int SectionEntrySize = 64;
    private const int SymbolEntrySize = 24;
    private const ushort Relocatable = 1; // ET_REL
    private const ushort MachineNone = 0; // EM_NONE: old compilers left it unset
    private const ushort MachineBpf = 247; // EM_BPF
    private const ushort FirstReservedIndex = 0xff00; // SHN_LORESERVE
    private const ushort ExtendedIndex = 0xffff; // SHN_XINDEX

    private readonly Region _file;
    private readonly StringTable _symbolNames;
    private readonly Dictionary<string, ElfSection> _byName = [];

    private ElfFile(Region file)
    {
        _file = file;
        CheckHeader();
        Sections = ReadSections();
        foreach (ElfSection section in Sections)
            _byName.TryAdd(section.Name, section);
        ElfSection? table = Sections.FirstOrDefault(section => section.Type == ElfSectionType.SymbolTable);
        Symbols = table is null ? [] : ReadSymbols(table);
        _symbolNames = table is null ? new StringTable(new Region(file.File, "", default)) : Strings(table.Link, "symbol names");
    }

    /// <summary>Name of the file in errors.</summary>
    public string File => _file.File;

    /// <summary>Size of the file in bytes.</summary>
    public int Size => _file.Length;

    /// <summary>The sections by index; the first is the empty one.</summary>
    public ElfSection[] Sections { get; }

    /// <summary>The symbols by index; empty without a symbol table.</summary>
    public ElfSymbol[] Symbols { get; }

    /// <summary>Reads the tables; contents are read on demand.</summary>
    /// <exception cref="ObjectException">No such file, or a damaged one.</exception>
    public static ElfFile Parse(ReadOnlyMemory<byte> bytes, string file) => new(new Region(file, "", bytes));

    /// <summary>The first section of a name, or null.</summary>
    public ElfSection? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The bytes of a section; empty for one that takes no room in the file.</summary>
    public Region Contents(ElfSection section) => section.Type == ElfSectionType.NoBits
        ? new Region(File, section.Title, default)
        : _file.Slice(section.Offset, section.Size, section.Title);

    /// <summary>A symbol's name; a section symbol is named as its section.</summary>
    public string NameOf(in ElfSymbol symbol) =>
        symbol.Type == ElfSymbolType.Section && symbol.Section > 0 ? Sections[symbol.Section].Name : _symbolNames[symbol.NameOffset];

    /// <summary>The relocations of a relocation section, in file order.</summary>
    public ElfRelocation[] Relocations(ElfSection section)
    {
        bool withAddend = section.Type == ElfSectionType.RelocationsWithAddend;
        int entrySize = withAddend ? 24 : 16;
        Region region = Entries(section, entrySize);
        var relocations = new ElfRelocation[region.Length / entrySize];
        for (int i = 0; i < relocations.Length; i++)
        {
            long at = (long)i * entrySize;
            ulong info = region.U64(at + 8);
            if (info >> 32 >= (ulong)Symbols.Length)
                throw region.Error(at, $"relocation {i} refers to symbol {info >> 32}, but there are {Symbols.Length}");
            relocations[i] = new ElfRelocation(region.U64(at), (uint)info, (int)(info >> 32), withAddend ? (long)region.U64(at + 16) : null);
        }
        return relocations;
    }

    private void CheckHeader()
    {
        ReadOnlySpan<byte> bytes = _file.Span;
        if (bytes.Length < 4 || !bytes[..4].SequenceEqual("\u007fELF"u8))
            throw _file.Error("this is no ELF file: an object compiled for eBPF is expected (clang -target bpf -c)");
        if (bytes.Length < HeaderSize)
            throw _file.Error($"the file is cut off: {bytes.Length} bytes are less than an ELF header");
        if (bytes[4] != 2)
            throw _file.Error("this is a 32-bit ELF file: eBPF objects are 64-bit (clang -target bpf)");
        if (bytes[5] != 1)
            throw _file.Error("this is a big-endian ELF file: compile with -target bpfel");
        if (_file.U16(16) != Relocatable)
            throw _file.Error($"this ELF file is of type {_file.U16(16)}: a relocatable object (type 1) is expected, do not link it");
        if (_file.U16(18) is not (MachineBpf or MachineNone))
            throw _file.Error($"this ELF file is for machine {_file.U16(18)}, not for eBPF (247): compile with -target bpf");
    }

    private ElfSection[] ReadSections()
    {
        ulong tableOffset = _file.U64(40);
        if (tableOffset == 0)
            throw _file.Error("it has no section table: the file is stripped or damaged");
        if (_file.U16(58) != SectionEntrySize)
            throw _file.Error($"an entry of the section table has {_file.U16(58)} bytes instead of {SectionEntrySize}");
        Region first = _file.Slice(tableOffset, SectionEntrySize, "section table");
        // With 0xff00 sections or more the header's fields are too small and the first entry holds the numbers.
        ulong count = _file.U16(60) != 0 ? _file.U16(60) : first.U64(32);
        uint names = _file.U16(62) != ExtendedIndex ? _file.U16(62) : first.U32(40);
        if (count == 0 || count > (ulong)_file.Length / SectionEntrySize)
            throw _file.Error($"the section table says {count} sections, which do not fit into {_file.Length} bytes");
        if (names >= count)
            throw _file.Error($"section {names} is said to hold the section names, but there are {count} sections");
        Region table = _file.Slice(tableOffset, count * SectionEntrySize, "section table");
        StringTable sectionNames = NamesAt(table, (long)names * SectionEntrySize);
        var sections = new ElfSection[count];
        ulong total = 0;
        for (int i = 0; i < sections.Length; i++)
        {
            long at = (long)i * SectionEntrySize;
            sections[i] = new ElfSection(
                i, sectionNames[table.U32(at)], (ElfSectionType)table.U32(at + 4), table.U64(at + 8), table.U64(at + 24),
                table.U64(at + 32), table.U32(at + 40), table.U32(at + 44), table.U64(at + 56));
            if (sections[i].Type is ElfSectionType.NoBits or ElfSectionType.Null)
                continue;
            // Sections never share bytes. Insisting on it keeps the work of reading them all proportional to the file.
            total += Math.Min(sections[i].Size, (ulong)_file.Length + 1);
            if (total > (ulong)_file.Length)
                throw new ObjectException(File, sections[i].Title, $"the sections up to here take {total} bytes and more, the file has {_file.Length}: it is damaged");
        }
        return sections;
    }

    private StringTable NamesAt(Region table, long at) =>
        new(_file.Slice(table.U64(at + 24), table.U64(at + 32), "section names"));

    private StringTable Strings(uint section, string what)
    {
        if (section >= (uint)Sections.Length || Sections[section].Type != ElfSectionType.StringTable)
            throw _file.Error($"section {section} is said to hold the {what}, but it is no string table");
        return new StringTable(Contents(Sections[section]));
    }

    private ElfSymbol[] ReadSymbols(ElfSection section)
    {
        Region region = Entries(section, SymbolEntrySize);
        ElfSection? extended = Sections.FirstOrDefault(
            other => other.Type == ElfSectionType.ExtendedSymbolIndex && other.Link == (uint)section.Index);
        Region indices = extended is null ? default : Contents(extended);
        var symbols = new ElfSymbol[region.Length / SymbolEntrySize];
        for (int i = 0; i < symbols.Length; i++)
        {
            long at = (long)i * SymbolEntrySize;
            uint index = region.U16(at + 6);
            if (index == ExtendedIndex && extended is not null)
                index = indices.U32(4L * i);
            else if (index >= FirstReservedIndex)
                index = uint.MaxValue;
            if (index != uint.MaxValue && index >= (uint)Sections.Length)
                throw region.Error(at, $"symbol {i} lies in section {index}, but there are {Sections.Length}");
            symbols[i] = new ElfSymbol(region.U32(at), region.U8(at + 4), region.U8(at + 5), (int)index, region.U64(at + 8), region.U64(at + 16));
        }
        return symbols;
    }

    private Region Entries(ElfSection section, int entrySize)
    {
        Region region = Contents(section);
        if (section.EntrySize != (ulong)entrySize || region.Length % entrySize != 0)
            throw region.Error($"{region.Length} bytes in entries of {section.EntrySize}: entries of {entrySize} bytes are expected");
        return region;
    }
}
