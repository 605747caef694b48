namespace Headrace.Objects.Elf;

/// <summary>Section types that an eBPF object uses (<c>SHT_*</c>, System V ABI).</summary>
internal enum ElfSectionType : uint
{
    Null = 0,
    ProgramBits = 1,
    SymbolTable = 2,
    StringTable = 3,
    RelocationsWithAddend = 4,
    NoBits = 8,
    Relocations = 9,
    ExtendedSymbolIndex = 18,
}
