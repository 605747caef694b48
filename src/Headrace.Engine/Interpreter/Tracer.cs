using System.Globalization;
using System.Text;
using Headrace.Bytecode;

namespace Headrace.Engine;

/// <summary>Writes every instruction a program runs, in the syntax of the kernel's log, with the registers it changed.</summary>
/// <remarks>A line is <c>slot: (opcode) instruction ; r0=0x2</c>, after the name of the program whenever it changes, and with the source line when BTF knows it.</remarks>
/// <param name="writer">Takes the lines; it is not disposed.</param>
public sealed class Tracer(TextWriter writer) : InterpreterObserver
{
    private const int TextWidth = 48;

    private readonly ulong[] _before = new ulong[11];
    private readonly StringBuilder _line = new();
    private LoadedProgram? _program;
    private bool _isPending;
    private string? _source;

    /// <inheritdoc/>
    public override void Before(LoadedProgram program, int slot, ReadOnlySpan<ulong> registers)
    {
        Finish(registers);
        if (program != _program)
            writer.WriteLine($"{program.Name}:");
        _program = program;
        WriteSource(program, slot);
        Instruction instruction = program.Instructions[slot];
        _line.Append(CultureInfo.InvariantCulture, $"{slot}: ({instruction.Opcode.Value:x2}) {program.TextAt(slot)}");
        _isPending = true;
    }

    /// <inheritdoc/>
    public override void Ended(ReadOnlySpan<ulong> registers)
    {
        Finish(registers);
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"returns 0x{registers[0]:x}"));
        _program = null;
        _source = null;
    }

    /// <summary>Writes the instruction that has run, now that what it changed is known.</summary>
    private void Finish(ReadOnlySpan<ulong> registers)
    {
        if (_isPending)
        {
            string separator = " ;";
            for (int i = 0; i < registers.Length; i++)
            {
                if (registers[i] == _before[i])
                    continue;
                _line.Append(' ', separator.Length == 2 ? Math.Max(0, TextWidth - _line.Length) : 0);
                _line.Append(CultureInfo.InvariantCulture, $"{separator} r{i}=0x{registers[i]:x}");
                separator = "";
            }
            writer.WriteLine(_line.ToString());
            _line.Clear();
            _isPending = false;
        }
        registers.CopyTo(_before);
    }

    private void WriteSource(LoadedProgram program, int slot)
    {
        if (program.LineAt(slot) is not { } line)
            return;
        string source = $"; {line.Text.Trim()} @ {Path.GetFileName(line.File)}:{line.Line}";
        if (source != _source)
            writer.WriteLine(source);
        _source = source;
    }
}
