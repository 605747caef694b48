using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>Checks at load what engines rely on: the shape of the program, not what it does with memory.</summary>
/// <remarks>The rules are those the kernel's verifier applies before it follows the program: encodings, jumps, functions, calls, maps, stack.</remarks>
internal sealed class ProgramChecker
{
    // BPF_COMPLEXITY_LIMIT_INSNS, include/linux/bpf.h
    private const int MaxSlots = 1_000_000;

    private readonly ProgramSpec _spec;
    private readonly Instruction[] _program;
    private readonly Map[] _maps;
    private readonly bool _isPlain;

    private ProgramChecker(ProgramSpec spec, Instruction[] program, Map[] maps, bool isPlain)
    {
        _spec = spec;
        _program = program;
        _maps = maps;
        _isPlain = isPlain;
    }

    /// <summary>Checks a program against the maps of its collection.</summary>
    /// <param name="spec">Where it comes from.</param>
    /// <param name="program">Its instructions.</param>
    /// <param name="maps">The maps by index.</param>
    /// <param name="isPlain">True for plain eBPF.</param>
    /// <exception cref="ProgramLoadException">No engine can run it.</exception>
    /// <exception cref="UnsupportedFeatureException">It wants what is only in the kernel.</exception>
    public static ProgramStructure Check(ProgramSpec spec, Instruction[] program, Map[] maps, bool isPlain) => new ProgramChecker(spec, program, maps, isPlain).Check();

    private ProgramStructure Check()
    {
        if (!_isPlain && ContextLayout.Of(_spec.Type, _spec.ExpectedAttachType) is null)
            throw Unsupported(0, $"program type {_spec.Type}", "user space has no context for it: it runs XDP, traffic-control, socket-filter and cgroup packet programs");
        if (_program.Length > MaxSlots)
            throw Refuse(MaxSlots, $"the program has {_program.Length} slots, more than {MaxSlots}");
        if (InstructionValidator.Find(_isPlain ? WithoutLiterals() : _program) is (int bad, string reason))
            throw Refuse(bad, reason);
        int[] starts = FindFunctions();
        CheckFunctions(starts);
        var mapIndices = new SortedSet<int>();
        for (int slot = 0; slot < _program.Length; slot += _program[slot].Slots)
            CheckInstruction(slot, mapIndices);
        CallChain.Check(_program, starts, Refuse);
        return new ProgramStructure(starts, [.. mapIndices]);
    }

    // Plain eBPF may divide by a literal zero and shift by any literal: RFC 9669 defines both, only Linux refuses them.
    private Instruction[] WithoutLiterals() => Array.ConvertAll(_program, instruction =>
        instruction.Opcode.IsAlu && !instruction.Opcode.UsesRegister
            && instruction.Opcode.AluOp is AluOp.Div or AluOp.Mod or AluOp.Lsh or AluOp.Rsh or AluOp.Arsh
            ? instruction with { Immediate = 1 }
            : instruction);

    private int[] FindFunctions()
    {
        var starts = new SortedSet<int> { 0 };
        for (int slot = 0; slot < _program.Length; slot += _program[slot].Slots)
        {
            Instruction instruction = _program[slot];
            if ((instruction.IsCall || instruction.Opcode.IsWideLoad) && InstructionTargets.Of(instruction, slot) is long target)
                starts.Add((int)target);
        }
        return [.. starts];
    }

    /// <summary>Functions end in exit or goto, and jump only inside themselves.</summary>
    private void CheckFunctions(int[] starts)
    {
        for (int i = 0; i < starts.Length; i++)
        {
            int end = i + 1 < starts.Length ? starts[i + 1] : _program.Length;
            int last = starts[i];
            for (int slot = starts[i]; slot < end; slot += _program[slot].Slots)
            {
                last = slot;
                Instruction instruction = _program[slot];
                if (instruction.Opcode.IsJump && !instruction.IsCall
                    && InstructionTargets.Of(instruction, slot) is long target && (target < starts[i] || target >= end))
                {
                    throw Refuse(slot, $"jumps to {target}, out of its function, which is at {starts[i]} to {end - 1}");
                }
            }
            Instruction final = _program[last];
            if (!final.IsExit && !(final.Opcode.IsJump && final.Opcode.JumpOp == JumpOp.Ja))
                throw Refuse(last, "the function runs off its end: the last instruction must be exit or goto");
        }
    }

    private void CheckInstruction(int slot, SortedSet<int> mapIndices)
    {
        Instruction instruction = _program[slot];
        if (instruction.Opcode.IsWideLoad)
            CheckWideLoad(slot, instruction, mapIndices);
        else if (instruction.IsCall)
            CheckCall(slot, instruction);
        else if (instruction.Opcode.Class == OpcodeClass.Ld)
            CheckPacketLoad(slot);
        else if (instruction.Opcode.IsAlu && instruction.Opcode.AluOp == AluOp.Mov && instruction.Offset == 1)
            throw Unsupported(slot, "address-space cast", "arenas are memory shared with a process; user-space engines have none");
    }

    private void CheckWideLoad(int slot, Instruction instruction, SortedSet<int> mapIndices)
    {
        switch (instruction.WideLoadKind)
        {
            case WideLoadKind.Constant or WideLoadKind.Function:
                return;
            case WideLoadKind.MapIndex or WideLoadKind.MapValueIndex:
                long index = (uint)instruction.Immediate;
                if (index >= _maps.Length)
                    throw Refuse(slot, $"refers to map {index}, the collection has {_maps.Length}");
                mapIndices.Add((int)index);
                if (instruction.WideLoadKind == WideLoadKind.MapValueIndex)
                    CheckValueOffset(slot, _maps[index], (uint)(instruction.Immediate >> 32));
                return;
            case WideLoadKind.BtfId:
                throw Unsupported(slot, "the address of a kernel variable", "kernel variables are only in the kernel");
            default:
                throw Refuse(slot, "refers to a map by file descriptor, which only the kernel knows");
        }
    }

    private void CheckValueOffset(int slot, Map map, uint offset)
    {
        if (map.Type != MapType.Array || map.MaxEntries != 1)
            throw Refuse(slot, $"takes the address of a value of map '{map.Name}': only an array of one element has one");
        if (offset >= map.ValueSize)
            throw Refuse(slot, $"takes the address of byte {offset} of the value of map '{map.Name}', which has {map.ValueSize}");
    }

    private void CheckCall(int slot, Instruction instruction)
    {
        switch (instruction.CallKind)
        {
            case CallKind.Local:
                return;
            case CallKind.Kfunc:
                string kfunc = _spec.Kfuncs.TryGetValue(slot, out string? name) ? name : $"number {instruction.Imm32}";
                throw Unsupported(slot, $"kfunc {kfunc}", "kernel functions are only in the kernel");
        }
        var id = (HelperId)instruction.Imm32;
        if (!HelperNames.IsKnown(instruction.Imm32))
            throw Refuse(slot, $"calls helper {instruction.Imm32}, which does not exist");
        if (_isPlain)
        {
            // The plug-in protocol of the conformance suites has one helper, number 5, that answers its argument.
            if (id != HelperId.KtimeGetNs)
                throw Unsupported(slot, $"helper {instruction.Imm32}", "plain eBPF has helper 5 alone");
        }
        else if (HelperPrototypes.Find(id) is null)
        {
            string reason = KernelOnlyHelpers.ReasonFor(id) is { } why ? $"only the kernel has it: {why}" : "it is not for programs that work on packets";
            throw Unsupported(slot, $"helper bpf_{HelperNames.Of(id)}", reason);
        }
        else if (HelperRules.Refusal(id, _spec.Type, _spec.License) is { } refusal)
        {
            throw Refuse(slot, refusal);
        }
    }

    private void CheckPacketLoad(int slot)
    {
        if (_isPlain || _spec.Type is not (ProgramType.SocketFilter or ProgramType.SchedCls or ProgramType.SchedAct))
            throw Refuse(slot, "legacy packet access is for socket filters and traffic-control programs only");
    }

    private ProgramLoadException Refuse(int slot, string reason) => new(_spec.Name, slot, reason, _spec.LineAt(slot));

    private UnsupportedFeatureException Unsupported(int slot, string feature, string reason)
    {
        SourceLine? line = _spec.LineAt(slot);
        string place = line is null ? "" : $" ({Path.GetFileName(line.File)}:{line.Line})";
        return new UnsupportedFeatureException($"program '{_spec.Name}', instruction {slot}{place},", feature, reason);
    }
}
