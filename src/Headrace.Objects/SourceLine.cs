namespace Headrace.Objects;

/// <summary>Where an instruction came from.</summary>
/// <param name="Instruction">Slot of the first instruction of the line.</param>
/// <param name="File">Source file as the compiler was given it.</param>
/// <param name="Line">Line, counted from 1.</param>
/// <param name="Column">Column, counted from 1; 0 when unknown.</param>
/// <param name="Text">The line itself.</param>
public sealed record SourceLine(int Instruction, string File, int Line, int Column, string Text);
