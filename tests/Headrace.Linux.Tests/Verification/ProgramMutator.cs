using Headrace.Bytecode;
using Headrace.Linux.Tests.Differential;

namespace Headrace.Linux.Tests.Verification;

/// <summary>Changes one thing of a program: what comes out is often at the border of what is accepted.</summary>
internal static class ProgramMutator
{
    private static readonly int[] s_immediates = [0, 1, -1, 2, 4, 7, 8, 15, 16, 31, 32, 48, 63, 64, 65, 127, 128, 255, 256, 511, 512, 4096, 0x7fff, 0xffff, 0x10000, int.MaxValue, int.MinValue];
    private static readonly AluOp[] s_operations = [AluOp.Add, AluOp.Sub, AluOp.Mul, AluOp.Div, AluOp.Or, AluOp.And, AluOp.Lsh, AluOp.Rsh, AluOp.Mod, AluOp.Xor, AluOp.Mov, AluOp.Arsh];
    private static readonly JumpOp[] s_conditions = [JumpOp.Jeq, JumpOp.Jgt, JumpOp.Jge, JumpOp.Jset, JumpOp.Jne, JumpOp.Jsgt, JumpOp.Jsge, JumpOp.Jlt, JumpOp.Jle, JumpOp.Jslt, JumpOp.Jsle];
    private static readonly AccessSize[] s_sizes = [AccessSize.Byte, AccessSize.Half, AccessSize.Word, AccessSize.Double];

    /// <summary>A copy with one instruction changed.</summary>
    public static Instruction[] Mutate(Instruction[] program, SeededRandom random)
    {
        var mutant = (Instruction[])program.Clone();
        while (true)
        {
            int slot = random.Below(mutant.Length);
            Instruction old = mutant[slot];
            if (old == Instruction.WideTail && slot > 0 && mutant[slot - 1].Opcode.IsWideLoad)
                continue;
            if (Change(old, random) is { } changed && changed != old)
            {
                mutant[slot] = changed;
                return mutant;
            }
        }
    }

    private static Instruction? Change(Instruction old, SeededRandom random)
    {
        switch (random.Below(8))
        {
            case 0 when !old.Opcode.IsWideLoad:
                return Code.Goto(0);
            case 1:
                return old with { Dst = (Register)random.Below(11) };
            case 2 when !old.Opcode.IsWideLoad && !old.IsCall && old.Opcode.UsesRegister:
                return old with { Src = (Register)random.Below(11) };
            case 3 when old.Opcode.IsMemory && !old.Opcode.IsWideLoad:
                return old with { Offset = (short)(old.Offset + random.Pick<int>([-64, -9, -8, -4, -2, -1, 1, 2, 4, 8, 9, 64])) };
            case 3 when old.Opcode.IsJump && !old.IsCall && !old.IsExit:
                return old with { Offset = (short)(old.Offset + random.Pick<int>([-3, -2, -1, 1, 2, 3])) };
            case 4 when !old.Opcode.IsWideLoad && !old.IsExit && !old.Opcode.UsesRegister:
                return old with { Immediate = random.OneIn(3) ? old.Immediate + random.Between(-2, 2) : random.Pick<int>(s_immediates) };
            case 5:
                return ChangeOperation(old, random);
            case 6 when old.Opcode.IsMemory && !old.Opcode.IsWideLoad && old.Opcode.Mode == AccessMode.Mem:
                return old with { Opcode = Opcode.Memory(old.Opcode.Class, AccessMode.Mem, random.Pick<AccessSize>(s_sizes)) };
            case 7 when old.Opcode.IsAlu || (old.Opcode.IsJump && old.Opcode.JumpOp is not (JumpOp.Ja or JumpOp.Call or JumpOp.Exit)):
                return old with { Opcode = new Opcode((byte)(old.Opcode.Value ^ 0x03)) };
            default:
                return null;
        }
    }

    private static Instruction? ChangeOperation(Instruction old, SeededRandom random)
    {
        if (old.Opcode.IsAlu && old.Opcode.AluOp is not (AluOp.Neg or AluOp.End) && old.Offset == 0)
            return old with { Opcode = Opcode.Alu(random.Pick<AluOp>(s_operations), !old.Opcode.Is32, old.Opcode.UsesRegister) };
        if (old.Opcode.IsJump && old.Opcode.JumpOp is not (JumpOp.Ja or JumpOp.Call or JumpOp.Exit))
            return old with { Opcode = Opcode.Jump(random.Pick<JumpOp>(s_conditions), !old.Opcode.Is32, old.Opcode.UsesRegister) };
        return null;
    }
}
