namespace Headrace.Bytecode;

/// <summary>A function of a section.</summary>
/// <param name="Name">Its symbol.</param>
/// <param name="Start">Slot of its first instruction in the section.</param>
/// <param name="Length">Slots it takes.</param>
/// <param name="IsGlobal">True for a symbol other sections may refer to.</param>
public sealed record AssemblyFunction(string Name, int Start, int Length, bool IsGlobal);
