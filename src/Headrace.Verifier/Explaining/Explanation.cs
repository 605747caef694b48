using System.Globalization;
using System.Text;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>Why a program was refused, for its author: the way to the error, what was known there, and what usually mends it.</summary>
public sealed class Explanation
{
    private const int ShownSteps = 24;

    private readonly ProgramSpec _program;
    private readonly int[] _path;
    private readonly string _error;

    /// <summary>An explanation.</summary>
    /// <param name="program">What was refused.</param>
    /// <param name="path">Slots that ran, in order, the refused one last; the first ones may be missing.</param>
    /// <param name="state">The state before the refused instruction, in the log's form.</param>
    /// <param name="error">The kernel's words.</param>
    internal Explanation(ProgramSpec program, int[] path, string state, string error)
    {
        (_program, _path, State, _error) = (program, path, state.Trim(), error);
        Advice = Explaining.Advice.For(error, program, path.Length > 0 ? path[^1] : 0);
    }

    /// <summary>Slots that ran, in order, the refused one last. A long path has only its end here.</summary>
    public IReadOnlyList<int> Path => _path;

    /// <summary>What the running function's registers and stack held before the refused instruction, in the log's form.</summary>
    public string State { get; }

    /// <summary>What usually mends it; null where nothing general can be said.</summary>
    public string? Advice { get; }

    /// <summary>The whole explanation, lines for a person.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (_path.Length > 0)
        {
            text.Append("  the way there:\n");
            List<string> steps = Steps();
            if (steps.Count > ShownSteps)
                text.Append(CultureInfo.InvariantCulture, $"    ... {steps.Count - ShownSteps} steps before ...\n");
            foreach (string step in steps.Skip(Math.Max(0, steps.Count - ShownSteps)))
                text.Append("    ").Append(step).Append('\n');
            text.Append(CultureInfo.InvariantCulture, $"  refused: {Instruction(_path[^1])}\n");
        }
        foreach (string line in _error.Split('\n'))
            text.Append("    ").Append(line).Append('\n');
        if (State.Length > 0)
            text.Append("  known there: ").Append(State).Append('\n');
        if (Advice is not null)
            text.Append("  what usually helps: ").Append(Advice).Append('\n');
        return text.ToString();
    }

    // Source lines as they were passed, with the branches taken in them; without source lines the branches alone.
    private List<string> Steps()
    {
        var steps = new List<string>();
        SourceLine? last = null;
        for (int i = 0; i < _path.Length - 1; i++)
        {
            int slot = _path[i];
            if (_program.LineAt(slot) is { } line && (last is null || line.Line != last.Line || line.File != last.File))
            {
                steps.Add($"{System.IO.Path.GetFileName(line.File)}:{line.Line}: {line.Text.Trim()}");
                last = line;
            }
            Opcode opcode = _program.Instructions[slot].Opcode;
            bool isBranch = opcode.IsJump && opcode.JumpOp is not (JumpOp.Ja or JumpOp.Call or JumpOp.Exit);
            if (isBranch || _program.Instructions[slot] is { IsCall: true, CallKind: CallKind.Local })
            {
                string way = !isBranch ? "" : _path[i + 1] == slot + 1 ? "  -> no" : "  -> yes";
                steps.Add($"  {Instruction(slot)}{way}");
            }
        }
        if (_program.LineAt(_path[^1]) is { } end && (last is null || end.Line != last.Line || end.File != last.File))
            steps.Add($"{System.IO.Path.GetFileName(end.File)}:{end.Line}: {end.Text.Trim()}");
        return steps;
    }

    private string Instruction(int slot) => Disassembler.LogLine(_program.Instructions[slot], slot).TrimEnd();
}
