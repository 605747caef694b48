namespace Headrace.Objects.Elf;

/// <summary>One relocation.</summary>
/// <param name="Offset">Byte inside the section that is to be changed.</param>
/// <param name="Type">Machine-specific kind (<c>R_BPF_*</c>).</param>
/// <param name="Symbol">Index of the symbol it refers to.</param>
/// <param name="Addend">What is added to the symbol's value; null when it stands in the place itself.</param>
internal readonly record struct ElfRelocation(ulong Offset, uint Type, int Symbol, long? Addend);
