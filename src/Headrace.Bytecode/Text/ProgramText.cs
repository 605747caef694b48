using System.Globalization;
using System.Text;

namespace Headrace.Bytecode;

/// <summary>Writes whole programs as text that assembles to the same bytes.</summary>
public static class ProgramText
{
    /// <summary>The text of a program, a line an instruction; what is no valid instruction is written as <c>.raw</c> and its bytes.</summary>
    /// <param name="program">The program by slot.</param>
    /// <param name="names">Names to print instead of numbers. A label that <see cref="DisassemblyNames.Label"/> names gets its own line.</param>
    /// <param name="comment">What to say about a slot, on a line of its own before it: a source line. Null for nothing.</param>
    public static string Format(ReadOnlySpan<Instruction> program, DisassemblyNames? names = null, Func<int, string?>? comment = null)
    {
        var text = new StringBuilder();
        for (int slot = 0; slot < program.Length; slot++)
        {
            if (names?.Label?.Invoke(slot) is string label)
                text.Append(CultureInfo.InvariantCulture, $"{label}:\n");
            foreach (ReadOnlySpan<char> line in (comment?.Invoke(slot) ?? "").AsSpan().EnumerateLines())
            {
                if (!line.IsWhiteSpace())
                    text.Append("\t; ").Append(line.Trim()).Append('\n');
            }
            AppendLine(text, program, ref slot, names);
        }
        return text.ToString();
    }

    /// <summary>Labels for every jump target of a program, <c>L</c> and the slot: for <see cref="DisassemblyNames.Label"/>.</summary>
    public static Func<int, string?> Labels(ReadOnlySpan<Instruction> program)
    {
        var targets = new HashSet<long>();
        var insides = new HashSet<long>();
        for (int slot = 0; slot < program.Length; slot++)
        {
            Opcode opcode = program[slot].Opcode;
            if (opcode.IsJump && opcode.JumpOp != JumpOp.Call && InstructionTargets.Of(program[slot], slot) is long target && target >= 0 && target < program.Length)
                targets.Add(target);
            // A target inside a 64-bit immediate has no line that a label could stand on.
            if (opcode.IsWideLoad)
                insides.Add(slot + 1);
        }
        targets.ExceptWith(insides);
        return slot => targets.Contains(slot) ? string.Create(CultureInfo.InvariantCulture, $"L{slot}") : null;
    }

    /// <summary>Appends the line or, for an invalid 64-bit immediate, the two lines of an instruction; <paramref name="slot"/> ends on its last slot.</summary>
    internal static void AppendLine(StringBuilder text, ReadOnlySpan<Instruction> program, ref int slot, DisassemblyNames? names)
    {
        Instruction instruction = program[slot];
        bool wide = instruction.Opcode.IsWideLoad && slot + 1 < program.Length;
        text.Append('\t');
        if (InstructionValidator.Check(instruction) is null && wide == instruction.Opcode.IsWideLoad)
            Disassembler.Append(text, instruction, slot, names);
        else
            AppendRaw(text, instruction, wide);
        text.Append('\n');
        if (wide)
            slot++;
    }

    private static void AppendRaw(StringBuilder text, Instruction instruction, bool wide)
    {
        ulong low = instruction.Opcode.Value | ((ulong)instruction.Dst << 8) | ((ulong)instruction.Src << 12)
            | ((ulong)(ushort)instruction.Offset << 16) | ((ulong)(uint)instruction.Imm32 << 32);
        text.Append(CultureInfo.InvariantCulture, $".raw 0x{low:x16}");
        if (wide)
            text.Append(CultureInfo.InvariantCulture, $"\n\t.raw 0x{(ulong)instruction.Immediate >> 32 << 32:x16}");
    }
}
