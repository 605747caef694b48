using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Bench;

/// <summary>Programs of growing size, made to cost a verifier a known number of processed instructions.</summary>
internal static class VerifierFamily
{
    private const int ScratchSlots = 8;

    /// <summary>Straight code full of diamonds: a branch on an unknown number, spills and fills, arithmetic on both sides.</summary>
    /// <param name="diamonds">How many, each some 16 instructions.</param>
    public static ProgramSpec Diamonds(int diamonds)
    {
        var code = new List<Instruction>
        {
            Instruction.Mov(Register.R9, Register.R1),
            Instruction.Load(AccessSize.Word, Register.R8, Register.R1, 16),
        };
        for (int slot = 1; slot <= ScratchSlots; slot++)
            code.Add(Instruction.Store(AccessSize.Double, Register.R10, (short)(-8 * slot), slot));
        for (int i = 0; i < diamonds; i++)
        {
            int place = -8 * (i % ScratchSlots + 1);
            code.AddRange(
            [
                Instruction.Load(AccessSize.Double, Register.R2, Register.R10, (short)place),
                Instruction.Alu64(AluOp.Add, Register.R2, i),
                Instruction.Load(AccessSize.Word, Register.R7, Register.R9, 12), // always another number: no branch is decided
                Instruction.Jump(JumpOp.Jgt, Register.R7, i % 251, 5),
                Instruction.Alu64(AluOp.Xor, Register.R2, 0x55),
                Instruction.Alu64(AluOp.Lsh, Register.R8, 1),
                Instruction.Alu64(AluOp.Rsh, Register.R8, 2),
                Instruction.Alu64(AluOp.Add, Register.R7, 3),
                Instruction.Goto(4),
                Instruction.Alu64(AluOp.Mul, Register.R8, 7),
                Instruction.Alu64(AluOp.Or, Register.R8, 1),
                Instruction.Alu64(AluOp.Add, Register.R7, 5),
                Instruction.Alu64(AluOp.Sub, Register.R2, 9),
                Instruction.Store(AccessSize.Double, Register.R10, (short)place, Register.R2),
            ]);
        }
        code.Add(Instruction.Mov(Register.R0, (int)XdpAction.Pass));
        code.Add(Instruction.Exit());
        return Program($"diamonds {diamonds}", code);
    }

    /// <summary>A loop over packet-sized numbers that a verifier walks round by round.</summary>
    /// <param name="rounds">How often it goes round, each 8 instructions.</param>
    public static ProgramSpec Loop(int rounds)
    {
        List<Instruction> code =
        [
            Instruction.Load(AccessSize.Word, Register.R7, Register.R1, 12),
            Instruction.Mov(Register.R6, 0),
            Instruction.Store(AccessSize.Double, Register.R10, (short)(-8), 0),
            Instruction.Alu64(AluOp.And, Register.R7, 0xff),
            Instruction.Alu64(AluOp.Add, Register.R7, 1),
            Instruction.Load(AccessSize.Double, Register.R2, Register.R10, -8),
            Instruction.Alu64(AluOp.Add, Register.R2, Register.R7),
            Instruction.Store(AccessSize.Double, Register.R10, -8, Register.R2),
            Instruction.Alu64(AluOp.Add, Register.R6, 1),
            Instruction.Jump(JumpOp.Jlt, Register.R6, rounds, -7),
            Instruction.Mov(Register.R0, (int)XdpAction.Pass),
            Instruction.Exit(),
        ];
        return Program($"loop {rounds}", code);
    }

    private static ProgramSpec Program(string name, List<Instruction> code) => new()
    {
        Name = name,
        Type = ProgramType.Xdp,
        License = "GPL",
        Instructions = [.. code],
    };
}
