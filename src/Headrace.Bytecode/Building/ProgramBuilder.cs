namespace Headrace.Bytecode;

/// <summary>Puts a program together with labels in place of distances.</summary>
/// <example><code>
/// Instruction[] program = new ProgramBuilder()
///     .Add(Instruction.Mov(Register.R0, 3))
///     .Label("loop")
///     .Add(Instruction.Add(Register.R0, -1))
///     .To("loop", Instruction.Jump(JumpOp.Jne, Register.R0, 0, 0))
///     .Add(Instruction.Exit())
///     .Build();
/// </code></example>
public sealed class ProgramBuilder
{
    private readonly List<Instruction> _slots = [];
    private readonly Dictionary<string, int> _labels = new(StringComparer.Ordinal);
    private readonly List<(int Slot, string Label)> _references = [];

    /// <summary>Number of slots so far: the slot of the next instruction.</summary>
    public int Count => _slots.Count;

    /// <summary>Appends instructions; a wide load comes with its tail, as <see cref="Instruction.LoadWide"/> gives it.</summary>
    public ProgramBuilder Add(params ReadOnlySpan<Instruction> instructions)
    {
        _slots.AddRange(instructions);
        return this;
    }

    /// <summary>Appends a jump, local call or function address that refers to a label, defined before or after.</summary>
    public ProgramBuilder To(string label, params ReadOnlySpan<Instruction> instruction)
    {
        _references.Add((_slots.Count, label));
        return Add(instruction);
    }

    /// <summary>Defines a label at the next instruction.</summary>
    /// <exception cref="ArgumentException">The label is defined already.</exception>
    public ProgramBuilder Label(string name)
    {
        if (!_labels.TryAdd(name, _slots.Count))
            throw new ArgumentException($"label '{name}' is defined already", nameof(name));
        return this;
    }

    /// <summary>The program by slot, its references resolved.</summary>
    /// <exception cref="BytecodeException">A label that is not defined or out of reach, or an instruction that refers to no slot.</exception>
    public Instruction[] Build()
    {
        Instruction[] program = [.. _slots];
        foreach ((int slot, string label) in _references)
        {
            if (!_labels.TryGetValue(label, out int target))
                throw new BytecodeException(slot, $"label '{label}' is not defined");
            program[slot] = Resolve(program[slot], slot, label, target - slot - 1);
        }
        return program;
    }

    private static Instruction Resolve(Instruction instruction, int slot, string label, int distance)
    {
        if (InstructionTargets.Of(instruction, slot) is null)
            throw new BytecodeException(slot, $"'{Disassembler.Format(instruction)}' refers to no slot: it cannot go to label '{label}'");
        if (instruction.Opcode.IsWideLoad)
            return instruction with { Immediate = (uint)distance };
        if (instruction.IsCall || (instruction.Opcode.JumpOp == JumpOp.Ja && instruction.Opcode.Is32))
            return instruction with { Immediate = distance };
        return distance is >= short.MinValue and <= short.MaxValue
            ? instruction with { Offset = (short)distance }
            : throw new BytecodeException(slot, $"label '{label}' is {distance} slots away: a jump reaches 32767, GotoLong reaches further");
    }
}
