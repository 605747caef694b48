using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>A program that no engine can run: where and why.</summary>
/// <param name="program">The program's name.</param>
/// <param name="instruction">The slot of the instruction, counted from 0.</param>
/// <param name="reason">What is wrong with it.</param>
/// <param name="line">Its source line when BTF knows it.</param>
public sealed class ProgramLoadException(string program, int instruction, string reason, SourceLine? line = null)
    : HeadraceException($"program '{program}' cannot be loaded: instruction {instruction}"
        + (line is null ? "" : $" ({Path.GetFileName(line.File)}:{line.Line}: `{line.Text.Trim()}`)") + $": {reason}")
{
    /// <summary>The program's name.</summary>
    public string Program { get; } = program;

    /// <summary>The slot of the instruction.</summary>
    public int Instruction { get; } = instruction;

    /// <summary>What is wrong, without the place.</summary>
    public string Reason { get; } = reason;

    /// <summary>Its source line when BTF knows it.</summary>
    public SourceLine? Line { get; } = line;
}
