using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>An accepted program with what was proved of it.</summary>
/// <remarks>Ranges of numbers are not here: pruning passes over values that nobody relied on, so that what was seen of them is not all there is.</remarks>
public sealed class VerifiedProgram
{
    private readonly InstructionFacts[] _facts;

    internal VerifiedProgram(ProgramSpec spec, InstructionFacts[] facts) => (Spec, _facts) = (spec, facts);

    /// <summary>The program.</summary>
    public ProgramSpec Spec { get; }

    /// <summary>What was proved of the instruction at a slot.</summary>
    public InstructionFacts this[int slot] => _facts[slot];
}
