namespace Headrace.Bytecode;

/// <summary>One instruction of classic BPF (<c>struct sock_filter</c>), as <c>tcpdump -dd</c> prints it.</summary>
/// <param name="Code">What it does.</param>
/// <param name="JumpTrue">Instructions to skip when a comparison holds.</param>
/// <param name="JumpFalse">Instructions to skip when it does not.</param>
/// <param name="Value">Its number.</param>
public readonly record struct ClassicInstruction(ushort Code, byte JumpTrue, byte JumpFalse, uint Value);
