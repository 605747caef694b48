namespace Headrace.Objects;

/// <summary>An instruction that the target's types leave without a meaning. It was replaced by a call that no verifier accepts; unreached, it does no harm.</summary>
/// <param name="Program">The program it stands in.</param>
/// <param name="Instruction">Its slot.</param>
/// <param name="Reason">What the target lacks.</param>
public sealed record CorePoison(string Program, int Instruction, string Reason);
