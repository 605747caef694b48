namespace Headrace.Engine.Jit;

/// <summary>A look-up that a program can be cut at.</summary>
/// <param name="Map">The map.</param>
/// <param name="Slot">The instruction.</param>
internal readonly record struct StagedSite(Map Map, int Slot);
