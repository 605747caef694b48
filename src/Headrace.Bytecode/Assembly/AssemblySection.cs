namespace Headrace.Bytecode;

/// <summary>A section of code: one or more functions. The section's name says what kind of program they are.</summary>
public sealed class AssemblySection
{
    /// <summary>The section's name, such as <c>xdp</c>; <c>.text</c> for functions that programs of other sections call.</summary>
    public required string Name { get; init; }

    /// <summary>The instructions by slot.</summary>
    public required Instruction[] Instructions { get; init; }

    /// <summary>The functions by start; together they cover the section.</summary>
    public required IReadOnlyList<AssemblyFunction> Functions { get; init; }

    /// <summary>What instructions refer to, by slot.</summary>
    public required IReadOnlyList<SymbolReference> References { get; init; }

    /// <summary>The line of the text each instruction came from, by slot; empty when unknown.</summary>
    public IReadOnlyList<AssemblyLine> Lines { get; init; } = [];
}
