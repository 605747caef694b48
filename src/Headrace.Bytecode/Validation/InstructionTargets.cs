namespace Headrace.Bytecode;

/// <summary>Where an instruction points inside its program.</summary>
public static class InstructionTargets
{
    /// <summary>The slot a jump, local call or function address refers to, or null for an instruction that refers to none. It may lie outside of the program.</summary>
    /// <param name="instruction">The instruction.</param>
    /// <param name="slot">Its slot.</param>
    public static long? Of(Instruction instruction, int slot)
    {
        Opcode opcode = instruction.Opcode;
        if (opcode.IsWideLoad)
            return instruction.WideLoadKind == WideLoadKind.Function ? slot + 1L + instruction.Imm32 : null;
        if (!opcode.IsJump)
            return null;
        return opcode.JumpOp switch
        {
            JumpOp.Exit => null,
            JumpOp.Call => instruction.CallKind == CallKind.Local ? slot + 1L + instruction.Imm32 : null,
            JumpOp.Ja when opcode.Is32 => slot + 1L + instruction.Imm32,
            _ => slot + 1L + instruction.Offset,
        };
    }
}
