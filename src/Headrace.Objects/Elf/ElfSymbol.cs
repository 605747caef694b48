namespace Headrace.Objects.Elf;

/// <summary>One symbol. Its name is looked up when it is needed.</summary>
/// <param name="NameOffset">Place of the name in the symbol table's strings.</param>
/// <param name="Info">Type and binding as encoded.</param>
/// <param name="Other">Visibility as encoded.</param>
/// <param name="Section">Index of the section it lies in; 0 when undefined, negative for absolute and common symbols.</param>
/// <param name="Value">Offset inside its section.</param>
/// <param name="Size">Size in bytes, 0 when unknown.</param>
internal readonly record struct ElfSymbol(uint NameOffset, byte Info, byte Other, int Section, ulong Value, ulong Size)
{
    /// <summary>Index of a symbol that lies in no section but is defined.</summary>
    public const int Absolute = -1;

    public ElfSymbolType Type => (ElfSymbolType)(Info & 0x0f);

    public ElfSymbolBinding Binding => (ElfSymbolBinding)(Info >> 4);

    public bool IsUndefined => Section == 0;

    /// <summary>True for hidden and internal visibility (<c>STV_HIDDEN</c>, <c>STV_INTERNAL</c>).</summary>
    public bool IsHidden => (Other & 0x3) is 1 or 2;
}
