namespace Headrace.Linux;

/// <summary>A source line of a loaded program; its texts are offsets into the strings of the program's types (<c>Btf.Text</c>).</summary>
/// <param name="Slot">Its first instruction, among the rewritten ones.</param>
/// <param name="FileOffset">The file's name.</param>
/// <param name="TextOffset">The line's text.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1; 0 when unknown.</param>
public readonly record struct ProgramLine(int Slot, uint FileOffset, uint TextOffset, int Line, int Column);
