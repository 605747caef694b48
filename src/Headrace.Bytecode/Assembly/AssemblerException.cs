namespace Headrace.Bytecode;

/// <summary>Assembly text that cannot be read: where, and what was expected there.</summary>
/// <param name="source">The file, or a name for text made in memory.</param>
/// <param name="line">Line, counted from 1.</param>
/// <param name="column">Column, counted from 1.</param>
/// <param name="problem">What was expected, and what stands there instead.</param>
public sealed class AssemblerException(string source, int line, int column, string problem)
    : HeadraceException($"{source}:{line}:{column}: {problem}")
{
    /// <summary>The line, counted from 1.</summary>
    public int Line { get; } = line;

    /// <summary>The column, counted from 1.</summary>
    public int Column { get; } = column;

    /// <summary>What is wrong, without the place.</summary>
    public string Problem { get; } = problem;
}
