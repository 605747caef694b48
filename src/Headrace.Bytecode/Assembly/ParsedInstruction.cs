namespace Headrace.Bytecode;

/// <summary>An instruction as read, with the name it refers to.</summary>
/// <param name="Instruction">The instruction; complete when <paramref name="Operand"/> is none.</param>
/// <param name="Operand">What the name means.</param>
/// <param name="Name">The name it refers to.</param>
/// <param name="Addend">Bytes beyond the place the name stands for.</param>
/// <param name="Token">Where the name is written.</param>
internal readonly record struct ParsedInstruction(
    Instruction Instruction, OperandKind Operand = OperandKind.None, string Name = "", uint Addend = 0, Token Token = default);
