using Headrace.Bytecode;
using static Headrace.Bytecode.Register;

namespace Headrace.Linux.Tests.Differential;

/// <summary>Draws straight-line statements over the registers that are numbers where they stand.</summary>
/// <param name="random">Decides.</param>
/// <param name="numbers">Registers that are numbers.</param>
/// <param name="inBody">True in the program's body, where there are a packet (R7) and a map value (R8); false in a function.</param>
internal sealed partial class StatementMaker(SeededRandom random, Register[] numbers, bool inBody)
{
    private static readonly int[] s_immediates =
    [
        0, 1, -1, 2, 7, 8, 15, 16, 31, 32, 33, 63, 64, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff, 0x10000, int.MaxValue, int.MinValue,
    ];

    private static readonly long[] s_wides =
    [
        0, 1, -1, long.MinValue, long.MaxValue, uint.MaxValue, 0x8000_0000, 0x1_0000_0000, unchecked((long)0xffff_ffff_8000_0000), 0x0102_0304_0506_0708,
    ];

    private static readonly AluOp[] s_operations =
    [
        AluOp.Add, AluOp.Sub, AluOp.Mul, AluOp.Div, AluOp.Or, AluOp.And, AluOp.Lsh, AluOp.Rsh, AluOp.Mod, AluOp.Xor, AluOp.Mov, AluOp.Arsh,
    ];

    private static readonly JumpOp[] s_conditions =
    [
        JumpOp.Jeq, JumpOp.Jgt, JumpOp.Jge, JumpOp.Jset, JumpOp.Jne, JumpOp.Jsgt, JumpOp.Jsge, JumpOp.Jlt, JumpOp.Jle, JumpOp.Jslt, JumpOp.Jsle,
    ];

    private static readonly AccessSize[] s_sizes = [AccessSize.Byte, AccessSize.Half, AccessSize.Word, AccessSize.Double];

    /// <summary>Any straight statement.</summary>
    public Statement.Straight Straight()
    {
        Instruction[] code = random.Below(inBody ? 24 : 14) switch
        {
            < 7 => [Arithmetic()],
            7 => [MoveExtended()],
            8 => random.OneIn(2) ? [ByteSwap()] : [Code.Alu(AluOp.Neg, Number(), 0, is64: Coin())],
            9 => Code.Wide(Number(), random.Pick<long>(s_wides)),
            10 => [StackLoad()],
            11 => [StackStore()],
            12 => StackAtomic(),
            13 => random.OneIn(2) ? StackAtVariableOffset() : MemoryOrder(R10, StackOffset),
            14 or 15 => [PacketAccess()],
            16 => PacketAtVariableOffset(),
            17 or 18 => [MapAccess()],
            19 => random.OneIn(2) ? MapAtVariableOffset() : MemoryOrder(R8, ScratchOffset),
            20 => MapAtomic(),
            21 => HashAccess(),
            22 => ArrayLookup(),
            _ => Helper(),
        };
        return new Statement.Straight(code);
    }

    /// <summary>A conditional jump; its offset is still open.</summary>
    public Instruction Condition() => Coin()
        ? Code.Jump(random.Pick<JumpOp>(s_conditions), Number(), Number(), 0, is64: Coin())
        : Code.Jump(random.Pick<JumpOp>(s_conditions), Number(), Immediate(), 0, is64: Coin());

    /// <summary>Gives R1 to R5 values again, which a call has taken.</summary>
    public Instruction[] Restore() =>
    [
        .. new[] { R1, R2, R3, R4, R5 }.Select(register => random.OneIn(3)
            ? Code.Mov(register, Immediate())
            : Code.Load(AccessSize.Double, register, R10, -8 * random.Between(1, ProgramLayout.StackBytes / 8))),
    ];

    private Instruction Arithmetic()
    {
        AluOp op = random.Pick<AluOp>(s_operations);
        bool is64 = Coin();
        short signed = (short)(op is AluOp.Div or AluOp.Mod && Coin() ? 1 : 0);
        if (random.OneIn(2))
            return Code.Alu(op, Number(), Number(), is64, signed);
        int immediate = op switch
        {
            AluOp.Lsh or AluOp.Rsh or AluOp.Arsh => random.Below(is64 ? 64 : 32), // more is refused when it is a constant
            AluOp.Div or AluOp.Mod => Immediate() is int divisor and not 0 ? divisor : 3,
            _ => Immediate(),
        };
        return Code.Alu(op, Number(), immediate, is64, signed);
    }

    private Instruction MoveExtended() => Coin()
        ? Code.Alu(AluOp.Mov, Number(), Number(), is64: true, random.Pick<short>([8, 16, 32]))
        : Code.Alu(AluOp.Mov, Number(), Number(), is64: false, random.Pick<short>([8, 16]));

    // In the 64-bit class a swap whatever the machine's order is; in the 32-bit class to little or to big endian.
    private Instruction ByteSwap()
    {
        int width = random.Pick<int>([16, 32, 64]);
        return random.Below(3) switch
        {
            0 => Code.Alu(AluOp.End, Number(), width, is64: true),
            1 => Code.Alu(AluOp.End, Number(), width, is64: false),
            _ => new Instruction(Opcode.Alu(AluOp.End, false, true), Number(), R0, 0, width),
        };
    }

    private Register Number() => random.Pick<Register>(numbers);

    private int Immediate() => random.OneIn(4) ? (int)random.Next64() : random.Pick<int>(s_immediates);

    private bool Coin() => random.OneIn(2);

    private AccessSize Size() => random.Pick<AccessSize>(s_sizes);

    private static int Bytes(AccessSize size) => Opcode.Memory(OpcodeClass.Ldx, AccessMode.Mem, size).SizeInBytes;
}
