using System.Text;
using Headrace.Bytecode;

namespace Headrace.Linux.Tests.Differential;

/// <summary>Makes a failing program small, and tells the whole story of it.</summary>
internal static class Shrinker
{
    private const int MaxAttempts = 5000;

    /// <summary>The smallest program found that still fails, and how it fails.</summary>
    public static (RandomProgram Program, string Difference) Shrink(RandomTrial trial, RandomProgram program, string difference)
    {
        int attempts = 0;
        bool smaller = true;
        while (smaller && attempts < MaxAttempts)
        {
            smaller = false;
            foreach (RandomProgram candidate in program.Smaller())
            {
                if (++attempts > MaxAttempts)
                    break;
                if (DifferenceOrNull(trial, candidate) is not { } found)
                    continue;
                (program, difference, smaller) = (candidate, found, true);
                break;
            }
        }
        return (program, difference);
    }

    /// <summary>Seed, difference, program, and how to repeat it.</summary>
    public static string Story(RandomProgram program, string difference)
    {
        var text = new StringBuilder();
        text.AppendLine(difference);
        text.AppendLine($"the smallest program found ({program.Size} statements):");
        Instruction[] instructions = program.ToSpec().Programs[0].Instructions;
        for (int slot = 0; slot < instructions.Length; slot += instructions[slot].Slots)
            text.AppendLine("  " + Disassembler.LogLine(instructions[slot], slot));
        text.Append($"repeat: HEADRACE_SEED={program.Seed} ./test Linux");
        return text.ToString();
    }

    private static string? DifferenceOrNull(RandomTrial trial, RandomProgram program)
    {
        try
        {
            return trial.Difference(program);
        }
        catch (KernelException error) when (error.Call == "BPF_PROG_LOAD")
        {
            return null; // a part of a valid program may be refused: it proves nothing
        }
    }
}
