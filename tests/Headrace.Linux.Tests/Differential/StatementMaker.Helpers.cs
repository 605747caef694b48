using Headrace.Bytecode;
using static Headrace.Bytecode.Register;

namespace Headrace.Linux.Tests.Differential;

internal sealed partial class StatementMaker
{
    // Where keys and values for helpers lie: inside the stack bytes that statements use, so they are always written.
    private const int KeyOffset = -4;
    private const int ValueOffset = -8 - RandomMaps.HashValue;

    private Instruction[] HashAccess() =>
    [
        Code.Mov(R1, Number()),
        Code.Alu(AluOp.And, R1, RandomMaps.HashKeys - 1),
        Code.Store(AccessSize.Word, R10, KeyOffset, R1),
        Code.Mov(R2, R10),
        Code.Alu(AluOp.Add, R2, KeyOffset),
        .. random.Below(3) switch
        {
            0 => HashLookup(),
            1 => HashUpdate(),
            _ => HashDelete(),
        },
        .. Restore(),
    ];

    private Instruction[] HashLookup() =>
    [
        .. Code.Wide(R1, RandomMaps.Hash, WideLoadKind.MapIndex),
        Code.Call(HelperId.MapLookupElem),
        Code.Jump(JumpOp.Jeq, R0, 0, 2),
        Coin()
            ? Code.Store(AccessSize.Double, R0, 8 * random.Below(2), R9)
            : Code.Atomic(AtomicOp.Add, AccessSize.Double, R0, 8 * random.Below(2), R9),
        Code.Load(AccessSize.Double, R0, R0, 8 * random.Below(2)),
    ];

    private Instruction[] HashUpdate() =>
    [
        Code.Mov(R3, R10),
        Code.Alu(AluOp.Add, R3, ValueOffset),
        Code.Mov(R4, random.Below(3)), // BPF_ANY, BPF_NOEXIST, BPF_EXIST
        .. Code.Wide(R1, RandomMaps.Hash, WideLoadKind.MapIndex),
        Code.Call(HelperId.MapUpdateElem),
    ];

    private static Instruction[] HashDelete() => [.. Code.Wide(R1, RandomMaps.Hash, WideLoadKind.MapIndex), Code.Call(HelperId.MapDeleteElem)];

    private Instruction[] ArrayLookup()
    {
        AccessSize size = Size();
        return
        [
            Code.Store(AccessSize.Word, R10, KeyOffset, random.Below(RandomMaps.ArrayEntries + 1)),
            Code.Mov(R2, R10),
            Code.Alu(AluOp.Add, R2, KeyOffset),
            .. Code.Wide(R1, RandomMaps.Array, WideLoadKind.MapIndex),
            Code.Call(HelperId.MapLookupElem),
            Code.Jump(JumpOp.Jeq, R0, 0, 2),
            Code.Store(size, R0, AnyScratchOffset(size), R9),
            Code.Load(size, R0, R0, AnyScratchOffset(size)),
            .. Restore(),
        ];
    }

    private Instruction[] Helper() => random.Below(6) switch
    {
        0 => [Code.Mov(R1, R6), Code.Call(HelperId.XdpGetBuffLen), .. Restore()],
        1 or 2 => ChecksumDifference(),
        3 => PacketBytes(),
        4 => [.. Adjust(HelperId.XdpAdjustHead, random.Pick<int>([-217, -216, -128, -20, -8, -4, -1, 0, 4, 8, 14])), .. Restore()],
        _ => [.. Adjust(HelperId.XdpAdjustTail, random.Pick<int>([-16, -4, -1, 0, 1, 8, 60, 300])), .. Restore()],
    };

    private Instruction[] ChecksumDifference()
    {
        int from = ChecksumSize(), to = ChecksumSize();
        return
        [
            Coin() ? Code.Mov(R5, Immediate()) : Code.Mov(R5, Number()),
            .. ChecksumPlace(R1, from),
            Code.Mov(R2, from),
            .. ChecksumPlace(R3, to),
            Code.Mov(R4, to),
            Code.Call(HelperId.CsumDiff),
            .. Restore(),
        ];
    }

    private int ChecksumSize() => random.Below(4) switch
    {
        0 => 0,
        1 => random.Below(65),
        _ => 4 * random.Below(9),
    };

    // Of no bytes the address is null or any other.
    private Instruction[] ChecksumPlace(Register register, int size)
    {
        switch (random.Below(size == 0 ? 4 : 3))
        {
            case 0 when size <= ProgramLayout.PacketProven:
                return [Code.Mov(register, R7), Code.Alu(AluOp.Add, register, random.Below(ProgramLayout.PacketProven - size + 1))];
            case 1:
                return [Code.Mov(register, R8), Code.Alu(AluOp.Add, register, random.Below(RandomMaps.Scratch - size + 1))];
            case 3:
                return [Code.Mov(register, 0)];
            default:
                return [Code.Mov(register, R10), Code.Alu(AluOp.Add, register, random.Below(ProgramLayout.StackBytes - size + 1) - ProgramLayout.StackBytes)];
        }
    }

    private Instruction[] PacketBytes() =>
    [
        Code.Mov(R1, R6),
        Code.Mov(R2, random.Below(80)),
        Code.Mov(R3, R10),
        Code.Alu(AluOp.Add, R3, -ProgramLayout.StackBytes),
        Code.Mov(R4, random.Between(1, 32)),
        Code.Call(Coin() ? HelperId.XdpLoadBytes : HelperId.XdpStoreBytes),
        .. Restore(),
    ];

    // The packet's pointers are void after these helpers: they are read and proved again, and the program ends where that fails.
    private static Instruction[] Adjust(HelperId helper, int delta) =>
    [
        Code.Mov(R1, R6),
        Code.Mov(R2, delta),
        Code.Call(helper),
        Code.Load(AccessSize.Word, R7, R6, 0),
        Code.Load(AccessSize.Word, R2, R6, 4),
        Code.Mov(R1, R7),
        Code.Alu(AluOp.Add, R1, ProgramLayout.PacketProven),
        Code.Jump(JumpOp.Jle, R1, R2, 2),
        Code.Mov(R0, (long)XdpAction.Tx),
        Code.Exit,
    ];
}
