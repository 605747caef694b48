namespace Headrace.Objects;

/// <summary>A function inside a linked program.</summary>
/// <param name="Name">Its symbol.</param>
/// <param name="Start">Slot of its first instruction.</param>
/// <param name="IsGlobal">True for a global function, which the kernel verifies on its own.</param>
/// <param name="TypeId">Its BTF function type in the collection's BTF, 0 when unknown.</param>
public sealed record FunctionSpec(string Name, int Start, bool IsGlobal, int TypeId);
