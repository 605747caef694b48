using Headrace.Bytecode;
using static Headrace.Bytecode.Register;

namespace Headrace.Linux.Tests.Differential;

internal sealed partial class StatementMaker
{
    private static readonly AtomicOp[] s_plainAtomics = [AtomicOp.Add, AtomicOp.Or, AtomicOp.And, AtomicOp.Xor];

    private static readonly AtomicOp[] s_fetchingAtomics =
    [
        AtomicOp.FetchAdd, AtomicOp.FetchOr, AtomicOp.FetchAnd, AtomicOp.FetchXor, AtomicOp.Exchange, AtomicOp.CompareExchange,
    ];

    // The kernel wants stack accesses aligned, whatever the machine can do.
    private int StackOffset(AccessSize size) => -Bytes(size) * random.Between(1, ProgramLayout.StackBytes / Bytes(size));

    private int ScratchOffset(AccessSize size) => Bytes(size) * random.Below(RandomMaps.Scratch / Bytes(size));

    private Instruction StackLoad() => Load(R10, StackOffset);

    private Instruction StackStore() => Store(R10, StackOffset);

    // Linux 6.18 does not follow a value's precision through a fetching atomic back to the stack slot it came from: it takes paths for
    // equal that are not, and removes branches that are taken. A slot it knows nothing of keeps clear of that.
    private Instruction[] StackAtomic()
    {
        AccessSize size = AtomicSize();
        int offset = StackOffset(size);
        if (!inBody || Coin())
            return [Code.Atomic(random.Pick<AtomicOp>(s_plainAtomics), size, R10, offset, Number())];
        Register unknown = Number();
        return
        [
            Code.Load(AccessSize.Double, unknown, R8, ScratchOffset(AccessSize.Double)),
            Code.Store(AccessSize.Double, R10, offset & ~7, unknown),
            .. Fetching(size, R10, offset),
        ];
    }

    private Instruction[] MapAtomic()
    {
        AccessSize size = AtomicSize();
        int offset = ScratchOffset(size);
        return Coin() ? [Code.Atomic(random.Pick<AtomicOp>(s_plainAtomics), size, R8, offset, Number())] : Fetching(size, R8, offset);
    }

    // Linux 6.18 clears R0's upper half after a 32-bit compare-and-exchange only if it sees R0 read on this path before it meets a state it
    // knows: it is read at once.
    private Instruction[] Fetching(AccessSize size, Register at, int offset)
    {
        AtomicOp op = random.Pick<AtomicOp>(s_fetchingAtomics);
        Instruction atomic = Code.Atomic(op, size, at, offset, Number());
        return op == AtomicOp.CompareExchange ? [atomic, Code.Alu(AluOp.Add, R9, R0)] : [atomic];
    }

    private AccessSize AtomicSize() => Coin() ? AccessSize.Word : AccessSize.Double;

    private Instruction PacketAccess() => Coin() ? Load(R7, PacketOffset) : Store(R7, PacketOffset);

    private Instruction MapAccess() => Coin() ? Load(R8, AnyScratchOffset) : Store(R8, AnyScratchOffset);

    private int PacketOffset(AccessSize size) => random.Between(0, ProgramLayout.PacketProven - Bytes(size));

    private int AnyScratchOffset(AccessSize size) => random.Between(0, RandomMaps.Scratch - Bytes(size));

    private Instruction Load(Register from, Func<AccessSize, int> offset)
    {
        AccessSize size = Size();
        bool signed = size != AccessSize.Double && random.OneIn(3);
        return Code.Load(size, Number(), from, offset(size), signed);
    }

    private Instruction Store(Register to, Func<AccessSize, int> offset)
    {
        AccessSize size = Size();
        return random.OneIn(3) ? Code.Store(size, to, offset(size), Immediate()) : Code.Store(size, to, offset(size), Number());
    }

    private Instruction[] MemoryOrder(Register at, Func<AccessSize, int> offset)
    {
        AccessSize size = Size();
        return Coin()
            ? [Code.Atomic(AtomicOp.LoadAcquire, size, Number(), offset(size), at)]
            : [Code.Atomic(AtomicOp.StoreRelease, size, at, offset(size), Number())];
    }

    // R1 becomes a pointer for a moment and a number again. Linux 6.18 takes number + frame pointer for the first frame's stack, in
    // whichever frame it stands: functions add the number to the pointer instead.
    private Instruction[] StackAtVariableOffset()
    {
        AccessSize size = Size();
        int mask = (ProgramLayout.StackBytes - 1) & ~(Bytes(size) - 1);
        Register value = Number() is var number and not (R1 or R2) ? number : R3;
        Instruction[] address = inBody && Coin()
            ? [Code.Mov(R1, Number()), Code.Alu(AluOp.And, R1, mask), Code.Alu(AluOp.Add, R1, R10)]
            : [Code.Mov(R2, Number()), Code.Alu(AluOp.And, R2, mask), Code.Mov(R1, R10), Code.Alu(AluOp.Add, R1, R2)];
        return
        [
            .. address,
            Coin() ? Code.Load(size, value, R1, -ProgramLayout.StackBytes) : Code.Store(size, R1, -ProgramLayout.StackBytes, value),
            Code.Mov(R1, Immediate()),
        ];
    }

    private Instruction[] MapAtVariableOffset()
    {
        AccessSize size = Size();
        int range = RandomMaps.Scratch / 2;
        Register value = Number() is var number and not R1 ? number : R2;
        return
        [
            Code.Mov(R1, Number()),
            Code.Alu(AluOp.And, R1, range - 1),
            Code.Alu(AluOp.Add, R1, R8),
            Coin() ? Code.Load(size, value, R1, random.Between(0, range - 8)) : Code.Store(size, R1, random.Between(0, range - 8), value),
            Code.Mov(R1, Immediate()),
        ];
    }

    // A variable offset into the packet takes a comparison with its end; where it fails, R3 is something else.
    private Instruction[] PacketAtVariableOffset()
    {
        AccessSize size = Size();
        return
        [
            Code.Mov(R1, Number()),
            Code.Alu(AluOp.And, R1, 0xff),
            Code.Alu(AluOp.Add, R1, R7),
            Code.Mov(R2, R1),
            Code.Alu(AluOp.Add, R2, Bytes(size)),
            Code.Load(AccessSize.Word, R3, R6, 4),
            Code.Jump(JumpOp.Jgt, R2, R3, 2),
            random.OneIn(3) ? Code.Store(size, R1, 0, Immediate()) : Code.Load(size, R4, R1, 0),
            Code.Alu(AluOp.Add, R9, 1),
            Code.Mov(R1, Immediate()),
            Code.Mov(R2, R9),
            Code.Mov(R3, Immediate()),
        ];
    }
}
