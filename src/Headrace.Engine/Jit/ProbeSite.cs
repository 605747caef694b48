namespace Headrace.Engine.Jit;

/// <summary>A look-up that a probe can stage.</summary>
/// <param name="Map">The map.</param>
/// <param name="Slot">The instruction.</param>
internal readonly record struct ProbeSite(Map Map, int Slot);
