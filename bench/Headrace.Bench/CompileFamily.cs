using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Bench;

/// <summary>Programs of growing size for the compiler, in the shapes that large programs have.</summary>
internal static class CompileFamily
{
    private const int PacketBytes = 64;
    private const int ScratchSlots = 8;

    /// <summary>The name of a collection's only program.</summary>
    public const string Name = "main";

    /// <summary>The shapes by name.</summary>
    public static readonly (string Name, Action<List<Instruction>, int> Fill)[] Shapes =
        [("straight", Straight), ("switch", Switch), ("loops", Loops)];

    /// <summary>A collection of one program, without maps.</summary>
    /// <param name="fill">Its shape.</param>
    /// <param name="instructions">How many instructions it has, or a few more.</param>
    public static CollectionSpec Program(Action<List<Instruction>, int> fill, int instructions)
    {
        // R6: the packet, R7: the context, R8: a number, R9: another.
        List<Instruction> code =
        [
            Instruction.Mov(Register.R7, Register.R1),
            Instruction.Load(AccessSize.Word, Register.R6, Register.R1, 0),
            Instruction.Load(AccessSize.Word, Register.R2, Register.R1, 4),
            Instruction.Mov(Register.R0, (int)XdpAction.Drop),
            Instruction.Mov(Register.R3, Register.R6),
            Instruction.Alu64(AluOp.Add, Register.R3, PacketBytes),
            Instruction.Jump(JumpOp.Jle, Register.R3, Register.R2, 1),
            Instruction.Exit(),
            Instruction.Load(AccessSize.Word, Register.R8, Register.R6, 12),
            Instruction.Mov(Register.R9, 0),
        ];
        for (int slot = 1; slot <= ScratchSlots; slot++)
            code.Add(Instruction.Store(AccessSize.Double, Register.R10, (short)(-8 * slot), slot));
        fill(code, instructions - 3);
        code.Add(Instruction.Mov(Register.R0, Register.R9));
        code.Add(Instruction.Alu64(AluOp.And, Register.R0, (int)XdpAction.Pass));
        code.Add(Instruction.Exit());
        var spec = new CollectionSpec { Source = "generated", License = "GPL" };
        spec.Programs.Add(new ProgramSpec { Name = Name, Type = ProgramType.Xdp, License = "GPL", Instructions = [.. code] });
        return spec;
    }

    /// <summary>Code that goes one way, with a branch around a few instructions now and then: parsers and rewriters.</summary>
    private static void Straight(List<Instruction> code, int end)
    {
        for (int i = 0; code.Count < end; i++)
        {
            short place = (short)(-8 * (i % ScratchSlots + 1));
            code.AddRange(
            [
                Instruction.Load(AccessSize.Half, Register.R2, Register.R6, (short)(i % 50)),
                Instruction.Load(AccessSize.Double, Register.R3, Register.R10, place),
                Instruction.Alu64(AluOp.Add, Register.R3, Register.R2),
                Instruction.Alu64(AluOp.And, Register.R3, 0xffff),
                Instruction.Store(AccessSize.Double, Register.R10, place, Register.R3),
                Instruction.Load(AccessSize.Word, Register.R4, Register.R7, 12),
                Instruction.Jump(JumpOp.Jgt, Register.R4, i, 3),
                Instruction.Store(AccessSize.Byte, Register.R6, (short)(i % 60), Register.R3),
                Instruction.Alu64(AluOp.Xor, Register.R3, 0x55),
                Instruction.Alu64(AluOp.Add, Register.R9, Register.R3),
                Instruction.Alu64(AluOp.Add, Register.R9, Register.R2),
                Instruction.Alu64(AluOp.And, Register.R9, 0xffff),
            ]);
        }
    }

    /// <summary>A number compared with one constant after the other, an action for each, all of which go on at one place: rule lists.</summary>
    private static void Switch(List<Instruction> code, int end)
    {
        // Every so many cases a new switch starts; it loads the number again, for a verifier to have one state of it.
        const int Case = 6, Cases = 128;
        for (int i = 0; code.Count < end;)
        {
            code.Add(Instruction.Load(AccessSize.Word, Register.R8, Register.R6, 12));
            int cases = Math.Min(Cases, (end - code.Count + Case - 1) / Case);
            for (int rest = cases; rest > 0; rest--, i++)
            {
                code.AddRange(
                [
                    Instruction.Jump(JumpOp.Jne, Register.R8, i, Case - 1),
                    Instruction.Load(AccessSize.Byte, Register.R2, Register.R6, (short)(i % 60)),
                    Instruction.Alu64(AluOp.Add, Register.R9, Register.R2),
                    Instruction.Alu64(AluOp.And, Register.R9, 0xfff),
                    Instruction.Store(AccessSize.Byte, Register.R6, (short)(i % 13), Register.R9),
                    Instruction.Goto((short)((rest - 1) * Case)),
                ]);
            }
        }
    }

    /// <summary>One short loop after the other, every other one left early: options, extension headers, checksums.</summary>
    private static void Loops(List<Instruction> code, int end)
    {
        for (int i = 0; code.Count < end; i++)
        {
            code.AddRange(
            [
                Instruction.Mov(Register.R3, 0),
                Instruction.Mov(Register.R4, Register.R6),
                Instruction.Load(AccessSize.Half, Register.R2, Register.R4, (short)(i % 50)),
                Instruction.Jump(JumpOp.Jeq, Register.R2, i % 2 == 0 ? -1 : i, 5), // no 16 bits are -1
                Instruction.Alu64(AluOp.Add, Register.R9, Register.R2),
                Instruction.Alu64(AluOp.And, Register.R9, 0xffff),
                Instruction.Alu64(AluOp.Add, Register.R4, 2),
                Instruction.Alu64(AluOp.Add, Register.R3, 1),
                Instruction.Jump(JumpOp.Jlt, Register.R3, 3 + i % 3, -7),
            ]);
        }
    }
}
