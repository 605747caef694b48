using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>A program that was refused: where, by which words, and what usually mends it. People read the message, tools the parts.</summary>
public sealed class VerificationException : HeadraceException
{
    /// <summary>A refusal.</summary>
    /// <param name="program">What was refused.</param>
    /// <param name="result">What the verification came to.</param>
    public VerificationException(ProgramSpec program, VerifierResult result) : base(MessageOf(program, result))
    {
        Program = program.Name;
        Result = result;
        Line = program.LineAt(result.Instruction);
    }

    /// <summary>The program's name.</summary>
    public string Program { get; }

    /// <summary>The slot of the refused instruction.</summary>
    public int Instruction => Result.Instruction;

    /// <summary>Its source line when BTF knows it.</summary>
    public SourceLine? Line { get; }

    /// <summary>The last line of the log: the kernel's word for it.</summary>
    public string LastLine => Result.LastLine;

    /// <summary>The log.</summary>
    public VerifierLog Log => Result.Log;

    /// <summary>All of the verification.</summary>
    public VerifierResult Result { get; }

    private static string MessageOf(ProgramSpec program, VerifierResult result)
    {
        SourceLine? line = program.LineAt(result.Instruction);
        string place = line is null ? "" : $" ({System.IO.Path.GetFileName(line.File)}:{line.Line}: `{line.Text.Trim()}`)";
        string message = $"program '{program.Name}' was rejected at instruction {result.Instruction}{place}";
        foreach (string words in (result.Error ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            message += $"\n  {words}";
        return result.Explanation?.Advice is { } advice ? $"{message}\n  {advice}" : message;
    }
}
