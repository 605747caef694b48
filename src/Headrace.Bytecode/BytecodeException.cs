namespace Headrace.Bytecode;

/// <summary>An instruction that is no valid eBPF: where and why.</summary>
/// <param name="instruction">The slot, counted from 0.</param>
/// <param name="reason">What is wrong with it.</param>
public sealed class BytecodeException(int instruction, string reason) : HeadraceException($"instruction {instruction}: {reason}")
{
    /// <summary>The slot of the instruction, counted from 0.</summary>
    public int Instruction { get; } = instruction;

    /// <summary>What is wrong, without the place.</summary>
    public string Reason { get; } = reason;
}
