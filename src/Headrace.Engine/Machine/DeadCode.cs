using Headrace.Bytecode;
using Headrace.Verifier;

namespace Headrace.Engine;

/// <summary>Code that no run comes to, where the kernel minds no nonsense and replaces it.</summary>
internal static class DeadCode
{
    /// <summary>The program's instructions; dead ones that engines could not take are replaced by what does nothing.</summary>
    public static Instruction[] WithoutInvalid(VerifiedProgram program)
    {
        Instruction[] code = [.. program.Spec.Instructions];
        for (int slot = 0; slot < code.Length; slot += code[slot].Slots)
        {
            bool isKept = program.IsReached(slot) || code[slot].IsExit || code[slot].Opcode.IsWideLoad
                || (code[slot].Opcode.IsJump && code[slot].Opcode.JumpOp == JumpOp.Ja);
            if (!isKept && (code[slot].IsCall || InstructionValidator.Check(code[slot]) is not null))
                code[slot] = Instruction.Goto(0);
        }
        return code;
    }
}
