namespace Headrace.Objects.Elf;

/// <summary>What a symbol stands for (<c>STT_*</c>).</summary>
internal enum ElfSymbolType : byte
{
    None = 0,
    Object = 1,
    Function = 2,
    Section = 3,
    File = 4,
}
