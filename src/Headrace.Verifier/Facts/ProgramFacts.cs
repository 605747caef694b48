namespace Headrace.Verifier;

/// <summary>All that was proved of a program.</summary>
/// <param name="Instructions">By slot.</param>
/// <param name="FunctionStarts">First slots of the functions.</param>
/// <param name="Loops">Jumps backward, by slot.</param>
internal sealed record ProgramFacts(InstructionFacts[] Instructions, int[] FunctionStarts, LoopFacts[] Loops);
