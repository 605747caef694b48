namespace Headrace.Bytecode;

/// <summary>Which instruction set an instruction or a program needs.</summary>
public static class InstructionSet
{
    /// <summary>The oldest instruction set that has this instruction.</summary>
    /// <returns>The version; 0 for an opcode that does not exist.</returns>
    public static CpuVersion VersionOf(Instruction instruction)
    {
        ref readonly OpcodeRules rules = ref OpcodeRules.Of(instruction.Opcode);
        return rules switch
        {
            { Immediate: ImmediateRule.Atomic } => (AtomicOp)instruction.Imm32 switch
            {
                AtomicOp.LoadAcquire or AtomicOp.StoreRelease => CpuVersion.Linux618,
                AtomicOp.Add => rules.Version,
                _ => Max(rules.Version, CpuVersion.V3),
            },
            { Immediate: ImmediateRule.AddressSpaces } when instruction.Offset == 1 => CpuVersion.Linux618,
            { Offset: OffsetRule.Signedness or OffsetRule.SignExtension } when instruction.Offset != 0 => CpuVersion.V4,
            _ => rules.Version,
        };
    }

    /// <summary>The oldest instruction set that has every instruction of the program; <see cref="CpuVersion.V1"/> for an empty one.</summary>
    public static CpuVersion VersionOf(ReadOnlySpan<Instruction> program)
    {
        CpuVersion version = CpuVersion.V1;
        for (int slot = 0; slot < program.Length; slot += program[slot].Slots)
            version = Max(version, VersionOf(program[slot]));
        return version;
    }

    /// <summary>The conformance group of an instruction; none for what Linux added beyond RFC 9669.</summary>
    public static ConformanceGroups GroupsOf(Instruction instruction)
    {
        ref readonly OpcodeRules rules = ref OpcodeRules.Of(instruction.Opcode);
        if (VersionOf(instruction) == CpuVersion.Linux618)
            return ConformanceGroups.None;
        return rules.Immediate == ImmediateRule.SwapWidth
            ? instruction.Imm32 == 64 ? ConformanceGroups.Base64 : ConformanceGroups.Base32
            : rules.Groups;
    }

    /// <summary>Every conformance group a runtime needs for the program.</summary>
    public static ConformanceGroups GroupsOf(ReadOnlySpan<Instruction> program)
    {
        ConformanceGroups groups = ConformanceGroups.None;
        for (int slot = 0; slot < program.Length; slot += program[slot].Slots)
            groups |= GroupsOf(program[slot]);
        return groups;
    }

    private static CpuVersion Max(CpuVersion a, CpuVersion b) => a > b ? a : b;
}
