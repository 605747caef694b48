using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>Checks at load what engines rely on: the shape of the program, not what it does with memory.</summary>
internal static class ProgramChecker
{
    /// <summary>Checks a program against the maps of its collection.</summary>
    public static ProgramStructure Check(ProgramSpec spec, Map[] maps, bool isPlain) =>
        new([0], [.. Enumerable.Range(0, isPlain ? 0 : maps.Length)]);
}
