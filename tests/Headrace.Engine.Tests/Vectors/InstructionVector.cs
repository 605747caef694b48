using System.Globalization;
using Headrace.Bytecode;
using Headrace.Testing;

namespace Headrace.Engine.Tests;

/// <summary>A line of <c>Vectors/instructions.txt</c>: a plain program, its memory, and what it must answer. The file says the format.</summary>
/// <param name="Line">Number of the line, from 1.</param>
/// <param name="Text">The line.</param>
/// <param name="Memory">What R1 points to; empty for none.</param>
/// <param name="Program">The instructions by slot.</param>
/// <param name="Result">R0 at the exit; null when the program must fault.</param>
/// <param name="Fault">Part of the fault's reason; null when the program must exit.</param>
public sealed record InstructionVector(int Line, string Text, byte[] Memory, Instruction[] Program, ulong? Result, string? Fault)
{
    private static readonly Lazy<InstructionVector[]> s_all = new(Read);

    /// <summary>Every vector, in the order of the file.</summary>
    public static IReadOnlyList<InstructionVector> All => s_all.Value;

    /// <summary>Runs the vector on an engine and asserts its answer.</summary>
    public unsafe void Check(EngineKind engine)
    {
        using LoadedProgram program = LoadedProgram.LoadPlain(Program, $"line {Line}");
        using Executor executor = program.CreateExecutor(engine);
        byte[] memory = [.. Memory];
        ulong? result = null;
        string? fault = null;
        fixed (byte* start = memory)
        {
            try
            {
                result = executor.Invoke(memory.Length == 0 ? null : start, (nuint)memory.Length);
            }
            catch (ProgramFaultException exception)
            {
                fault = exception.Reason;
            }
        }
        Assert.True(Fault is null ? result == Result : fault?.Contains(Fault, StringComparison.Ordinal) == true,
            $"line {Line}: {Text}\n  {engine} answers {(fault is null ? $"0x{result:x}" : "fault: " + fault)}");
    }

    private static InstructionVector[] Read()
    {
        string path = Path.Combine(Repository.Root, "tests", "Headrace.Engine.Tests", "Vectors", "instructions.txt");
        return [.. File.ReadAllLines(path)
            .Select((text, index) => (text, line: index + 1))
            .Where(row => row.text.Length > 0 && row.text[0] != '#')
            .Select(row => Parse(row.text, row.line))];
    }

    private static InstructionVector Parse(string text, int line)
    {
        string[] sides = text.Split("=>", 2, StringSplitOptions.TrimEntries);
        string[] parts = sides[0].Split(" | ", 2, StringSplitOptions.TrimEntries);
        byte[] memory = parts.Length == 2 ? Convert.FromHexString(parts[0]) : [];
        string assembly = string.Join('\n', parts[^1].Split(';', StringSplitOptions.TrimEntries));
        Instruction[] program = Assembler.Assemble(assembly.EndsWith("exit", StringComparison.Ordinal) ? assembly : assembly + "\nexit", source: $"line {line}");
        return sides[1].StartsWith("fault: ", StringComparison.Ordinal)
            ? new InstructionVector(line, text, memory, program, null, sides[1]["fault: ".Length..])
            : new InstructionVector(line, text, memory, program, ulong.Parse(sides[1].AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture), null);
    }
}
