namespace Headrace.Bytecode;

/// <summary>What an instruction refers to by name; in an object file, a relocation.</summary>
/// <param name="Slot">The slot of the call or 64-bit immediate.</param>
/// <param name="Target">A function, variable, map, extern, or section.</param>
/// <param name="IsSection">True when <paramref name="Target"/> names a section, into which the immediate points.</param>
public sealed record SymbolReference(int Slot, string Target, bool IsSection);
