namespace Headrace.Bytecode;

/// <summary>A variable of a data section.</summary>
/// <param name="Name">Its symbol.</param>
/// <param name="Offset">Where it starts, in bytes.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="IsGlobal">True for a symbol other sections may refer to.</param>
public sealed record AssemblyVariable(string Name, int Offset, int Size, bool IsGlobal);
