using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

/// <summary>Which programs are compiled. What is larger would keep its user waiting for longer than compiling could ever save: the interpreter runs it.</summary>
/// <remarks>
/// Compiling takes a second or two at these limits; programs made to be slow to compile take no longer, whatever their shape. From some 5,000
/// instructions on (2,000 blocks, 2,000 variables or 8,000 uses of them) the runtime's compiler leaves a method unoptimised: it takes about twice as
/// long for a packet as it could, which is still many times as fast as the interpreter.
/// </remarks>
internal static class CompileLimits
{
    /// <summary>Instructions of a program that is compiled, by slots.</summary>
    public const int Instructions = 32_768;

    /// <summary>Jumps backward in it: what is known of loops in loops is found in rounds.</summary>
    public const int JumpsBackward = 4096;

    /// <summary>True for a program that is compiled.</summary>
    public static bool Allow(LoadedProgram program)
    {
        if (program.Instructions.Length > Instructions)
            return false;
        int backward = 0;
        foreach (Instruction instruction in program.Instructions)
        {
            Opcode opcode = instruction.Opcode;
            if (opcode.IsJump && opcode.JumpOp is not (JumpOp.Call or JumpOp.Exit) && (opcode.Is32 && opcode.JumpOp == JumpOp.Ja ? instruction.Imm32 : instruction.Offset) < 0)
                backward++;
        }
        return backward <= JumpsBackward;
    }
}
