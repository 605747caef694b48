using System.Globalization;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier;

// The kernel writes an instruction before it looks at it, and what it changed when the next one is written: behind the instruction where
// nothing was said in between, on a line of its own otherwise.
internal sealed partial class Verifier
{
    private const int StateColumn = 40; // BPF_LOG_ALIGNMENT, kernel/bpf/log.c
    private const int StateStep = 8; // BPF_LOG_MIN_ALIGNMENT
    private const int AllRegisters = 0x7ff;

    private int _changedRegisters = AllRegisters;
    private ulong _changedSlots = ulong.MaxValue;
    private int _instructionEnd = -1, _instructionLength;
    private SourceLine? _lastLine;
    private bool _isResumed;

    private void LogInstruction(Instruction instruction)
    {
        LogChanges();
        LogSourceLine();
        int start = Log.Length;
        // Where a map or a function lies is nobody's business: the kernel writes 0 for those who may not know.
        bool isAddress = instruction.Opcode.IsWideLoad && instruction.WideLoadKind != WideLoadKind.Constant;
        Log.WriteLine(Disassembler.LogLine(isAddress ? instruction with { Immediate = 0 } : instruction, Slot));
        _instructionLength = Log.Length - start;
        _instructionEnd = Log.Length;
        (int reads, int writes) = RegisterLiveness.Effects(instruction);
        // What a call reads it also takes away; the frame pointer is none of its arguments.
        _changedRegisters = (reads | writes) & (instruction.IsCall ? 0x3f : AllRegisters);
        _changedSlots = 0;
    }

    private void LogChanges()
    {
        if (_changedRegisters == 0 && _changedSlots == 0)
            return;
        string text = StateText.Of(State, State.CurrentFrame, _changedRegisters, _changedSlots);
        if (_instructionEnd == Log.Length && _instructionEnd > 0)
        {
            Log.Truncate(Log.Length - 1);
            int column = Math.Max(_instructionLength + StateStep / 2, StateColumn);
            column = (column + StateStep - 1) / StateStep * StateStep;
            Log.Write(new string(' ', column - _instructionLength - 1) + ";");
        }
        else
        {
            Log.Write(string.Create(CultureInfo.InvariantCulture, $"{Slot}:"));
        }
        Log.WriteLine(text);
    }

    private void LogSourceLine()
    {
        if (Program.LineAt(Slot) is not { } line || (_lastLine is { } last && last.Line == line.Line && last.File == line.File))
            return;
        _lastLine = line;
        Log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"; {line.Text.TrimStart()} @ {Path.GetFileName(line.File)}:{line.Line}"));
    }

    // A path that was put off goes on: what it knows, or that nothing new can be found on it.
    private void LogResumed(int from)
    {
        Log.WriteLine($"\nfrom {from} to {Slot}:{StateText.Of(State, State.CurrentFrame)}");
    }

    private void LogSafe(int from) => Log.WriteLine(_isResumed
        ? string.Create(CultureInfo.InvariantCulture, $"\nfrom {from} to {Slot}: safe")
        : string.Create(CultureInfo.InvariantCulture, $"{Slot}: safe"));

    private void LogCall(FunctionState caller, FunctionState callee)
    {
        Log.WriteLine($"caller:\n{StateText.Of(State, caller.FrameNumber)}\ncallee:\n{StateText.Of(State, callee.FrameNumber)}");
    }
}
