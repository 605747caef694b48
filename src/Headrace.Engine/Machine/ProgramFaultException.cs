using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>A program did what no verified program does: touched memory it may not, called what is not there, or did not end.</summary>
/// <param name="program">The program's name.</param>
/// <param name="instruction">The slot of the instruction.</param>
/// <param name="reason">What it did.</param>
/// <param name="line">Its source line when BTF knows it.</param>
public sealed class ProgramFaultException(string program, int instruction, string reason, SourceLine? line = null)
    : HeadraceException($"program '{program}' stopped at instruction {instruction}"
        + (line is null ? "" : $" ({Path.GetFileName(line.File)}:{line.Line}: `{line.Text.Trim()}`)") + $": {reason}")
{
    /// <summary>The program's name.</summary>
    public string Program { get; } = program;

    /// <summary>The slot of the instruction.</summary>
    public int Instruction { get; } = instruction;

    /// <summary>What it did, without the place.</summary>
    public string Reason { get; } = reason;

    /// <summary>Its source line when BTF knows it.</summary>
    public SourceLine? Line { get; } = line;
}
