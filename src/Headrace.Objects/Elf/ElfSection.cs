namespace Headrace.Objects.Elf;

/// <summary>One entry of the section table. Offsets and sizes are as the file says; reading the contents checks them.</summary>
internal sealed record ElfSection(
    int Index, string Name, ElfSectionType Type, ulong Flags, ulong Offset, ulong Size, uint Link, uint Info, ulong EntrySize)
{
    private const ulong ExecInstr = 0x4; // SHF_EXECINSTR

    /// <summary>True when it holds instructions.</summary>
    public bool IsCode => Type == ElfSectionType.ProgramBits && (Flags & ExecInstr) != 0;

    /// <summary>True for either form of relocations.</summary>
    public bool IsRelocations => Type is ElfSectionType.Relocations or ElfSectionType.RelocationsWithAddend;

    /// <summary>How errors name it.</summary>
    public string Title => $"section '{Name}'";
}
