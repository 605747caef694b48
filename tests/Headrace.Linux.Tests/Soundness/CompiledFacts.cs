using Headrace.Bytecode;
using Headrace.Verifier;

namespace Headrace.Linux.Tests.Soundness;

/// <summary>The facts of a program laid out for checking while it runs: only what says something, and in straight code only what is new.</summary>
internal sealed class CompiledFacts
{
    private readonly RegisterCheck[][] _registers;

    public CompiledFacts(VerifiedProgram program, Func<int, InstructionFacts>? facts = null)
    {
        facts ??= slot => program[slot];
        Program = program;
        Instruction[] code = program.Spec.Instructions;
        Facts = [.. Enumerable.Range(0, code.Length).Select(facts)];
        _registers = new RegisterCheck[code.Length][];
        Branches = new int[code.Length];
        Results = new RegisterFacts?[code.Length];
        Loops = new LoopFacts[code.Length][];
        foreach (IGrouping<int, LoopFacts> loop in program.Loops.GroupBy(loop => loop.To))
            Loops[loop.Key] = [.. loop];
        bool[] starts = Starts(code, program.FunctionStarts);
        for (int slot = 0, previous = 0; slot < code.Length; previous = slot, slot += code[slot].Slots)
        {
            var checks = new List<RegisterCheck>();
            for (int i = 0; i < 11; i++)
            {
                RegisterFacts known = Facts[slot][(Register)i];
                bool isNew = starts[slot] || !ReferenceEquals(known, Facts[previous][(Register)i]);
                if (isNew && (known.IsPointer || (known.IsNumber && !known.Number.IsUnknown)))
                    checks.Add(new RegisterCheck(i, known));
            }
            _registers[slot] = [.. checks];
            Branches[slot] = Facts[slot].Branch switch
            {
                true => (int)InstructionTargets.Of(code[slot], slot)!,
                false => slot + 1,
                null => -1,
            };
            if (Facts[slot].Target is not null && !code[slot].IsCall && Facts[slot].Result.Kind != RegisterKind.NotInitialized)
                Results[slot] = Facts[slot].Result;
        }
    }

    /// <summary>The program.</summary>
    public VerifiedProgram Program { get; }

    /// <summary>By slot: what is proved of the instruction.</summary>
    public InstructionFacts[] Facts { get; }

    /// <summary>By slot: where a conditional jump always goes; -1 for anywhere.</summary>
    public int[] Branches { get; }

    /// <summary>By slot: what the instruction leaves in its target; null for calls and for nothing.</summary>
    public RegisterFacts?[] Results { get; }

    /// <summary>By slot: the jumps back to it; null for none.</summary>
    public LoopFacts[]?[] Loops { get; }

    /// <summary>What the registers must satisfy before an instruction.</summary>
    public ReadOnlySpan<RegisterCheck> Registers(int slot) => _registers[slot];

    private static bool[] Starts(Instruction[] code, IReadOnlyList<int> functions)
    {
        var starts = new bool[code.Length + 1];
        foreach (int start in functions)
            starts[start] = true;
        for (int slot = 0; slot < code.Length; slot += code[slot].Slots)
        {
            if (!code[slot].Opcode.IsJump)
                continue;
            starts[slot + 1] = true;
            if (InstructionTargets.Of(code[slot], slot) is { } target)
                starts[target] = true;
        }
        return starts;
    }
}
