using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>An accepted program with what was proved of it.</summary>
/// <remarks>
/// The facts are computed when they are first asked for, in time about linear in the program's length; who only wants to know that a
/// program is accepted pays nothing for them. They can be read from several threads. They speak of runs in which every map holds what the collection says
/// it does when it is read-only, and anything otherwise. Do not change the collection before they were first asked for.
/// </remarks>
public sealed class VerifiedProgram
{
    private readonly Lazy<ProgramFacts> _facts;
    private readonly FactCollector _walked;

    internal VerifiedProgram(ProgramSpec spec, IReadOnlyList<MapSpec> maps, FactCollector walked, Func<ProgramFacts> facts)
    {
        (Spec, Maps, _walked) = (spec, maps, walked);
        _facts = new Lazy<ProgramFacts>(facts);
    }

    /// <summary>The program.</summary>
    public ProgramSpec Spec { get; }

    /// <summary>The maps of its collection by index.</summary>
    public IReadOnlyList<MapSpec> Maps { get; }

    /// <summary>True when a path comes to an instruction. Costs nothing; <see cref="InstructionFacts.IsReached"/> knows of more that is not reached.</summary>
    public bool IsReached(int slot) => _walked.IsReached(slot);

    /// <summary>Slots of the program.</summary>
    public int Length => _facts.Value.Instructions.Length;

    /// <summary>What was proved of the instruction at a slot.</summary>
    public InstructionFacts this[int slot] => _facts.Value.Instructions[slot];

    /// <summary>Slots where the program (the first, 0) and its functions start, ascending.</summary>
    public IReadOnlyList<int> FunctionStarts => _facts.Value.FunctionStarts;

    /// <summary>Every jump backward that can be taken, by slot.</summary>
    public IReadOnlyList<LoopFacts> Loops => _facts.Value.Loops;
}
