namespace Headrace.Bytecode;

/// <summary>Where an instruction stands in the text.</summary>
/// <param name="Slot">Its slot in the section.</param>
/// <param name="Line">The line, counted from 1.</param>
/// <param name="Text">The line itself.</param>
public sealed record AssemblyLine(int Slot, int Line, string Text);
