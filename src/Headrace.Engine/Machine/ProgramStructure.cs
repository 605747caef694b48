namespace Headrace.Engine;

/// <summary>What the checks at load found out about a program.</summary>
/// <param name="FunctionStarts">Slots where functions start, ascending, 0 first.</param>
/// <param name="MapIndices">Indices of the maps its instructions refer to, ascending.</param>
internal sealed record ProgramStructure(int[] FunctionStarts, int[] MapIndices);
