namespace Headrace.Bytecode;

/// <summary>How an opcode uses its fields and where it comes from.</summary>
/// <param name="Dst">The destination field.</param>
/// <param name="Src">The source field.</param>
/// <param name="Offset">The offset.</param>
/// <param name="Immediate">The immediate.</param>
/// <param name="Version">The oldest instruction set with this opcode, when its fields ask for nothing newer.</param>
/// <param name="Groups">The conformance group of the opcode, when its fields ask for no other.</param>
internal readonly record struct OpcodeRules(
    RegisterRule Dst, RegisterRule Src, OffsetRule Offset, ImmediateRule Immediate, CpuVersion Version, ConformanceGroups Groups)
{
    private static readonly OpcodeRules[] s_table = BuildTable();

    /// <summary>True for an opcode of the instruction set.</summary>
    public bool IsKnown => Version != 0;

    /// <summary>The rules of an opcode; <see cref="IsKnown"/> is false for one that does not exist.</summary>
    public static ref readonly OpcodeRules Of(Opcode opcode) => ref s_table[opcode.Value];

    private static OpcodeRules[] BuildTable()
    {
        var table = new OpcodeRules[256];
        AddArithmetic(table);
        AddJumps(table);
        AddMemory(table);
        return table;
    }

    private static void AddArithmetic(OpcodeRules[] table)
    {
        foreach (bool is64 in (ReadOnlySpan<bool>)[false, true])
        {
            ConformanceGroups common = is64 ? ConformanceGroups.Base64 : ConformanceGroups.Base32;
            foreach (AluOp op in Enum.GetValues<AluOp>())
            {
                ConformanceGroups groups = op is AluOp.Mul or AluOp.Div or AluOp.Mod
                    ? is64 ? ConformanceGroups.DivMul64 : ConformanceGroups.DivMul32
                    : common;
                OffsetRule offset = op is AluOp.Div or AluOp.Mod ? OffsetRule.Signedness : OffsetRule.Zero;
                ImmediateRule immediate = op switch
                {
                    AluOp.Neg => ImmediateRule.Zero,
                    AluOp.Div or AluOp.Mod => ImmediateRule.NonZero,
                    AluOp.Lsh or AluOp.Rsh or AluOp.Arsh => ImmediateRule.Shift,
                    AluOp.End => ImmediateRule.SwapWidth,
                    _ => ImmediateRule.Any,
                };
                table[Opcode.Alu(op, is64, usesRegister: false).Value] =
                    new(RegisterRule.Write, RegisterRule.Zero, offset, immediate, op == AluOp.End && is64 ? CpuVersion.V4 : CpuVersion.V1, groups);
                int register = Opcode.Alu(op, is64, usesRegister: true).Value;
                if (op == AluOp.End && !is64)
                    table[register] = new(RegisterRule.Write, RegisterRule.Zero, OffsetRule.Zero, ImmediateRule.SwapWidth, CpuVersion.V1, groups);
                else if (op == AluOp.Mov)
                    table[register] = new(RegisterRule.Write, RegisterRule.Read, OffsetRule.SignExtension, ImmediateRule.AddressSpaces, CpuVersion.V1, groups);
                else if (op is not (AluOp.Neg or AluOp.End))
                    table[register] = new(RegisterRule.Write, RegisterRule.Read, offset, ImmediateRule.Zero, CpuVersion.V1, groups);
            }
        }
    }

    private static void AddJumps(OpcodeRules[] table)
    {
        foreach (JumpOp op in Enum.GetValues<JumpOp>())
        {
            if (op is JumpOp.Ja or JumpOp.Call or JumpOp.Exit or JumpOp.Jcond)
                continue;
            bool less = op is JumpOp.Jlt or JumpOp.Jle or JumpOp.Jslt or JumpOp.Jsle;
            foreach (bool is64 in (ReadOnlySpan<bool>)[false, true])
            {
                CpuVersion version = !is64 ? CpuVersion.V3 : less ? CpuVersion.V2 : CpuVersion.V1;
                ConformanceGroups groups = is64 ? ConformanceGroups.Base64 : ConformanceGroups.Base32;
                table[Opcode.Jump(op, is64, usesRegister: false).Value] =
                    new(RegisterRule.Read, RegisterRule.Zero, OffsetRule.Jump, ImmediateRule.Any, version, groups);
                table[Opcode.Jump(op, is64, usesRegister: true).Value] =
                    new(RegisterRule.Read, RegisterRule.Read, OffsetRule.Jump, ImmediateRule.Zero, version, groups);
            }
        }
        table[Opcode.Jump(JumpOp.Ja, is64: true, usesRegister: false).Value] =
            new(RegisterRule.Zero, RegisterRule.Zero, OffsetRule.Jump, ImmediateRule.Zero, CpuVersion.V1, ConformanceGroups.Base32);
        table[Opcode.Jump(JumpOp.Ja, is64: false, usesRegister: false).Value] =
            new(RegisterRule.Zero, RegisterRule.Zero, OffsetRule.Zero, ImmediateRule.Jump, CpuVersion.V4, ConformanceGroups.Base32);
        table[Opcode.Jump(JumpOp.Call, is64: true, usesRegister: false).Value] =
            new(RegisterRule.Zero, RegisterRule.CallKind, OffsetRule.KfuncBtf, ImmediateRule.Any, CpuVersion.V1, ConformanceGroups.Base32);
        table[Opcode.Jump(JumpOp.Exit, is64: true, usesRegister: false).Value] =
            new(RegisterRule.Zero, RegisterRule.Zero, OffsetRule.Zero, ImmediateRule.Zero, CpuVersion.V1, ConformanceGroups.Base32);
        table[Opcode.Jump(JumpOp.Jcond, is64: true, usesRegister: false).Value] =
            new(RegisterRule.Zero, RegisterRule.Zero, OffsetRule.Jump, ImmediateRule.Zero, CpuVersion.Linux618, ConformanceGroups.None);
    }

    private static void AddMemory(OpcodeRules[] table)
    {
        table[Opcode.WideLoad.Value] =
            new(RegisterRule.Write, RegisterRule.WideLoadKind, OffsetRule.Zero, ImmediateRule.Any, CpuVersion.V1, ConformanceGroups.Base64);
        foreach (AccessSize size in Enum.GetValues<AccessSize>())
        {
            bool wide = size == AccessSize.Double;
            ConformanceGroups groups = wide ? ConformanceGroups.Base64 : ConformanceGroups.Base32;
            table[Opcode.Memory(OpcodeClass.Ldx, AccessMode.Mem, size).Value] =
                new(RegisterRule.Write, RegisterRule.Read, OffsetRule.Displacement, ImmediateRule.Zero, CpuVersion.V1, groups);
            table[Opcode.Memory(OpcodeClass.St, AccessMode.Mem, size).Value] =
                new(RegisterRule.Read, RegisterRule.Zero, OffsetRule.Displacement, ImmediateRule.Any, CpuVersion.V1, groups);
            table[Opcode.Memory(OpcodeClass.Stx, AccessMode.Mem, size).Value] =
                new(RegisterRule.Read, RegisterRule.Read, OffsetRule.Displacement, ImmediateRule.Zero, CpuVersion.V1, groups);
            table[Opcode.Memory(OpcodeClass.Stx, AccessMode.Atomic, size).Value] = size is AccessSize.Word or AccessSize.Double
                ? new(RegisterRule.Read, RegisterRule.Read, OffsetRule.Displacement, ImmediateRule.Atomic, CpuVersion.V1,
                    wide ? ConformanceGroups.Atomic64 : ConformanceGroups.Atomic32)
                : new(RegisterRule.Read, RegisterRule.Read, OffsetRule.Displacement, ImmediateRule.Atomic, CpuVersion.Linux618, ConformanceGroups.None);
            if (wide)
                continue;
            table[Opcode.Memory(OpcodeClass.Ldx, AccessMode.MemSx, size).Value] =
                new(RegisterRule.Write, RegisterRule.Read, OffsetRule.Displacement, ImmediateRule.Zero, CpuVersion.V4,
                    size == AccessSize.Word ? ConformanceGroups.Base64 : ConformanceGroups.Base32);
            table[Opcode.Memory(OpcodeClass.Ld, AccessMode.Abs, size).Value] =
                new(RegisterRule.Zero, RegisterRule.Zero, OffsetRule.Zero, ImmediateRule.Any, CpuVersion.V1, ConformanceGroups.Packet);
            table[Opcode.Memory(OpcodeClass.Ld, AccessMode.Ind, size).Value] =
                new(RegisterRule.Zero, RegisterRule.Read, OffsetRule.Zero, ImmediateRule.Any, CpuVersion.V1, ConformanceGroups.Packet);
        }
    }
}
