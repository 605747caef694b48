using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>Refuses instructions that do not exist or use fields they must not.</summary>
internal static class OpcodeCheck
{
    /// <summary>What is wrong with an instruction wherever it stands, or null.</summary>
    public static string? Unknown(Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        if (opcode.Class == OpcodeClass.Ldx && (opcode.Mode is not (AccessMode.Mem or AccessMode.MemSx) || instruction.Imm32 != 0))
            return "BPF_LDX uses reserved fields";
        return opcode.IsWideLoad || Exists(opcode) ? null : $"unknown opcode {opcode.Value:x2}";
    }

    /// <summary>What is wrong with an instruction that is reached, or null.</summary>
    public static string? Reserved(Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        return opcode.Class switch
        {
            OpcodeClass.Alu or OpcodeClass.Alu64 => Arithmetic(instruction),
            OpcodeClass.Jmp or OpcodeClass.Jmp32 => Jump(instruction),
            OpcodeClass.Stx when opcode.Mode == AccessMode.Atomic => null,
            OpcodeClass.Stx when opcode.Mode != AccessMode.Mem || instruction.Imm32 != 0 => "BPF_STX uses reserved fields",
            OpcodeClass.St when opcode.Mode != AccessMode.Mem || instruction.Src != 0 => "BPF_ST uses reserved fields",
            OpcodeClass.Ld when opcode.IsWideLoad => instruction.Offset != 0 ? "BPF_LD_IMM64 uses reserved fields" : null,
            OpcodeClass.Ld when (instruction.Dst != 0 || instruction.Offset != 0 || (opcode.Mode == AccessMode.Abs && instruction.Src != 0)) =>
                "BPF_LD_[ABS|IND] uses reserved fields",
            _ => null,
        };
    }

    private static string? Arithmetic(Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        bool usesRegister = opcode.UsesRegister;
        int offset = instruction.Offset;
        switch (opcode.AluOp)
        {
            case AluOp.Neg:
                return usesRegister || instruction.Src != 0 || offset != 0 || instruction.Imm32 != 0 ? "BPF_NEG uses reserved fields" : null;
            case AluOp.End:
                bool bad = instruction.Src != 0 || offset != 0 || instruction.Imm32 is not (16 or 32 or 64) || (!opcode.Is32 && usesRegister);
                return bad ? "BPF_END uses reserved fields" : null;
            case AluOp.Mov:
                bool known = usesRegister
                    ? instruction.Imm32 == 0 && (offset is 0 or 8 or 16 || (offset == 32 && !opcode.Is32))
                    : instruction.Src == 0 && offset == 0;
                return known ? null : "BPF_MOV uses reserved fields";
            default:
                bool wrong = offset is not (0 or 1) || (offset == 1 && opcode.AluOp is not (AluOp.Div or AluOp.Mod))
                    || (usesRegister ? instruction.Imm32 != 0 : instruction.Src != 0);
                return wrong ? "BPF_ALU uses reserved fields" : null;
        }
    }

    private static string? Jump(Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        bool usesRegister = opcode.UsesRegister;
        switch (opcode.JumpOp)
        {
            case JumpOp.Call:
                bool bad = (instruction.CallKind != CallKind.Kfunc && instruction.Offset != 0) || (int)instruction.Src > 2 || instruction.Dst != 0;
                return bad ? "BPF_CALL uses reserved fields" : null;
            case JumpOp.Ja:
                bool wrong = instruction.Src != 0 || instruction.Dst != 0 || (opcode.Is32 ? instruction.Offset != 0 : instruction.Imm32 != 0);
                return wrong ? "BPF_JA uses reserved fields" : null;
            case JumpOp.Exit:
                return instruction.Imm32 != 0 || instruction.Src != 0 || instruction.Dst != 0 ? "BPF_EXIT uses reserved fields" : null;
            case JumpOp.Jcond:
                return instruction.Src != 0 || instruction.Dst != 0 || instruction.Imm32 != 0 ? $"invalid may_goto imm {instruction.Imm32}" : null;
            default:
                return (usesRegister ? instruction.Imm32 != 0 : instruction.Src != 0) ? "BPF_JMP/JMP32 uses reserved fields" : null;
        }
    }

    private static bool Exists(Opcode opcode)
    {
        switch (opcode.Class)
        {
            case OpcodeClass.Alu or OpcodeClass.Alu64:
                return opcode.AluOp switch
                {
                    AluOp.Neg => !opcode.UsesRegister,
                    AluOp.End => opcode.Is32 || !opcode.UsesRegister,
                    <= AluOp.End => true,
                    _ => false,
                };
            case OpcodeClass.Jmp or OpcodeClass.Jmp32:
                return opcode.JumpOp switch
                {
                    JumpOp.Ja => !opcode.UsesRegister,
                    JumpOp.Call or JumpOp.Exit or JumpOp.Jcond => !opcode.UsesRegister && !opcode.Is32,
                    <= JumpOp.Jsle => true,
                    _ => false,
                };
            case OpcodeClass.Ldx:
                return opcode.Mode == AccessMode.Mem || (opcode.Mode == AccessMode.MemSx && opcode.Size != AccessSize.Double);
            case OpcodeClass.St:
                return opcode.Mode == AccessMode.Mem;
            case OpcodeClass.Stx:
                return opcode.Mode is AccessMode.Mem or AccessMode.Atomic;
            default:
                return (opcode.Mode is AccessMode.Abs or AccessMode.Ind) && opcode.Size != AccessSize.Double;
        }
    }
}
