namespace Headrace.Objects.Elf;

/// <summary>Who sees a symbol (<c>STB_*</c>).</summary>
internal enum ElfSymbolBinding : byte
{
    Local = 0,
    Global = 1,
    Weak = 2,
}
