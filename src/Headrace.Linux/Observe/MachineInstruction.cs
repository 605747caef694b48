using Headrace.Objects;

namespace Headrace.Linux;

/// <summary>One instruction of a program's machine code.</summary>
/// <param name="Offset">Where it starts in its function.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Operation">What it does, in the syntax of the GNU assembler: <c>mov</c>.</param>
/// <param name="Operands">With what: <c>%rsp</c>, <c>%rbp</c>.</param>
/// <param name="Line">The source line that starts here; null when none does.</param>
public sealed record MachineInstruction(int Offset, byte[] Bytes, string Operation, IReadOnlyList<string> Operands, SourceLine? Line);
