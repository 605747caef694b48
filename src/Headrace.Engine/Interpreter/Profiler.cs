using System.Globalization;

namespace Headrace.Engine;

/// <summary>Counts how often each instruction runs.</summary>
public sealed class Profiler : InterpreterObserver
{
    private readonly Dictionary<LoadedProgram, long[]> _counts = [];
    private LoadedProgram? _program;
    private long[] _current = [];

    /// <summary>The programs that ran, tail-called ones too, in the order they were first seen.</summary>
    public IReadOnlyCollection<LoadedProgram> Programs => _counts.Keys;

    /// <summary>How often each slot of a program ran; empty for a program that did not.</summary>
    public ReadOnlySpan<long> Counts(LoadedProgram program) => _counts.GetValueOrDefault(program);

    /// <inheritdoc/>
    public override void Before(LoadedProgram program, int slot, ReadOnlySpan<ulong> registers)
    {
        if (program != _program)
            Switch(program);
        _current[slot]++;
    }

    /// <summary>Writes each program with the count and the share of every instruction.</summary>
    public void Write(TextWriter writer)
    {
        foreach ((LoadedProgram program, long[] counts) in _counts)
        {
            long total = Math.Max(1, counts.Sum());
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{program.Name}: {total} instructions"));
            for (int slot = 0; slot < counts.Length; slot += program.Instructions[slot].Slots)
            {
                double share = 100.0 * counts[slot] / total;
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{counts[slot],12} {share,5:f1}%  {slot,4}: {program.TextAt(slot)}"));
            }
        }
    }

    private void Switch(LoadedProgram program)
    {
        if (!_counts.TryGetValue(program, out long[]? counts))
            _counts[program] = counts = new long[program.Instructions.Length];
        _program = program;
        _current = counts;
    }
}
