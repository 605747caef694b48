using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>Refuses instructions that do not exist or use fields they must not.</summary>
internal static class OpcodeCheck
{
    /// <summary>What is wrong with an instruction, or null.</summary>
    public static string? Refusal(Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        if ((int)instruction.Dst > 10)
            return $"R{(int)instruction.Dst} is invalid";
        bool srcIsRegister = !opcode.IsWideLoad && !instruction.IsCall;
        if (srcIsRegister && (int)instruction.Src > 10)
            return $"R{(int)instruction.Src} is invalid";
        return InstructionValidator.Check(instruction) is not null ? Describe(instruction) : null;
    }

    private static string Describe(Instruction instruction) => instruction.Opcode.Class switch
    {
        OpcodeClass.Alu or OpcodeClass.Alu64 when instruction.Opcode.AluOp is AluOp.Div or AluOp.Mod && !instruction.Opcode.UsesRegister && instruction.Imm32 == 0 => "div by zero",
        OpcodeClass.Alu or OpcodeClass.Alu64 when instruction.Opcode.AluOp == AluOp.Mov => "BPF_MOV uses reserved fields",
        OpcodeClass.Alu or OpcodeClass.Alu64 when instruction.Opcode.AluOp == AluOp.Neg => "BPF_NEG uses reserved fields",
        OpcodeClass.Alu or OpcodeClass.Alu64 when instruction.Opcode.AluOp == AluOp.End => "BPF_END uses reserved fields",
        OpcodeClass.Alu or OpcodeClass.Alu64 => "BPF_ALU uses reserved fields",
        OpcodeClass.Jmp or OpcodeClass.Jmp32 when instruction.IsCall => "BPF_CALL uses reserved fields",
        OpcodeClass.Jmp or OpcodeClass.Jmp32 when instruction.IsExit => "BPF_EXIT uses reserved fields",
        OpcodeClass.Jmp or OpcodeClass.Jmp32 when instruction.Opcode.JumpOp == JumpOp.Ja => "BPF_JA uses reserved fields",
        OpcodeClass.Jmp or OpcodeClass.Jmp32 => "BPF_JMP/JMP32 uses reserved fields",
        OpcodeClass.Ldx => "BPF_LDX uses reserved fields",
        OpcodeClass.Stx when instruction.Opcode.Mode == AccessMode.Atomic => $"BPF_ATOMIC uses invalid atomic opcode {(uint)instruction.Imm32:x2}",
        OpcodeClass.Stx => "BPF_STX uses reserved fields",
        OpcodeClass.St => "BPF_ST uses reserved fields",
        _ => $"unknown opcode {instruction.Opcode.Value:x2}",
    };
}
