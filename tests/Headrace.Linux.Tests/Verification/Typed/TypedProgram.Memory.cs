using Headrace.Bytecode;
using Headrace.Linux.Tests.Differential;
using static Headrace.Bytecode.Register;

namespace Headrace.Linux.Tests.Verification.Typed;

internal sealed partial class TypedProgram
{
    private const int ProvenBytes = 32;

    private void LoadContext()
    {
        if (Lacks(Holding.Context))
            return;
        Register context = Find(Holding.Context), target = Free();
        bool isXdp = _type == ProgramType.Xdp;
        switch (_random.Below(_type == ProgramType.SocketFilter ? 1 : 4))
        {
            case 0:
                Add(Code.Load(Careless() ? Size() : AccessSize.Word, target, context, isXdp ? _random.Pick<int>([12, 16]) : 4 * _random.Below(Careless() ? 48 : 12)));
                Set(target, Holding.Number);
                break;
            case 1:
                Add(Code.Load(AccessSize.Word, target, context, isXdp ? 0 : 76));
                Set(target, Holding.Packet);
                break;
            case 2:
                Add(Code.Load(AccessSize.Word, target, context, isXdp ? 4 : 80));
                Set(target, Holding.PacketEnd);
                break;
            default:
                Add(Code.Load(AccessSize.Word, target, context, isXdp ? 8 : 140));
                Set(target, Holding.Metadata);
                break;
        }
    }

    // Any comparison of a packet pointer, moved, with the end; the branch mostly the right one.
    private void CheckPacket()
    {
        if (!Has(Holding.Packet) || !Has(Holding.PacketEnd))
        {
            LoadContext();
            LoadContext();
            return;
        }
        Register packet = Find(Holding.Packet), end = Find(Holding.PacketEnd), moved = Free();
        Add(Code.Mov(moved, packet));
        Add(Code.Alu(AluOp.Add, moved, _random.Pick<int>([1, 14, ProvenBytes, ProvenBytes, ProvenBytes + 1])));
        JumpOp op = _random.Pick<JumpOp>([JumpOp.Jgt, JumpOp.Jgt, JumpOp.Jge, JumpOp.Jlt, JumpOp.Jle, JumpOp.Jeq, JumpOp.Jne]);
        bool swapped = _random.OneIn(3);
        Add(swapped ? Code.Jump(op, end, moved, 2) : Code.Jump(op, moved, end, 2));
        // Jumped over, or not: two instructions that end the program or read what may be proved.
        if (_random.OneIn(2))
            Add(Code.Load(Size(), R0, packet, _random.Below(ProvenBytes)), Code.Goto(2));
        else
            Add(Code.Mov(R0, 0), Code.Goto(1));
        Add(Code.Goto(2), Code.Mov(R0, 2), Code.Exit);
        Set(R0, Holding.Nothing);
        Set(moved, Holding.Nothing);
    }

    private void AccessPacket()
    {
        if (Lacks(Holding.Packet, Holding.Metadata))
            return;
        Register packet = Find(Holding.Packet, Holding.Metadata);
        AccessSize size = Size();
        int offset = Careless() ? _random.Between(-8, 64) : _random.Between(0, ProvenBytes - Bytes(size));
        if (_random.OneIn(3))
        {
            Add(Code.Store(size, packet, offset, Find(Holding.Number, Holding.Small)));
            return;
        }
        Register target = Free();
        Add(Code.Load(size, target, packet, offset, size != AccessSize.Double && _random.OneIn(4)));
        Set(target, Holding.Number);
    }

    private void AccessStack()
    {
        Register stack = _random.OneIn(6) ? Find(Holding.Stack) : R10;
        AccessSize size = _random.OneIn(2) ? AccessSize.Double : Size();
        int slot = _random.Below(StackBytes / 8);
        int offset = -8 * (slot + 1) + (size == AccessSize.Double ? 0 : Bytes(size) * _random.Below(8 / Bytes(size)));
        if (Careless())
            offset += _random.Between(-8, 8);
        if (_random.OneIn(2))
        {
            Register target = Free();
            Add(Code.Load(size, target, stack, offset));
            Set(target, size == AccessSize.Double && _spilled[slot] != Holding.Nothing ? _spilled[slot] : Holding.Number);
        }
        else if (_random.OneIn(4))
        {
            Add(Code.Store(size, stack, offset, Immediate()));
            _spilled[slot] = Holding.Number;
        }
        else
        {
            var value = (Register)_random.Below(11);
            if (Holds(value) == Holding.Nothing && !Careless())
                value = Find(Holding.Number, Holding.Small);
            Add(Code.Store(Holds(value) is Holding.Number or Holding.Small || Careless() ? size : AccessSize.Double, stack, offset, value));
            _spilled[slot] = size == AccessSize.Double ? Holds(value) : Holding.Number;
        }
    }

    private void AccessValue()
    {
        if (Lacks(Holding.Value, Holding.Big, Holding.Record))
            return;
        Register value = Find(Holding.Value, Holding.Big, Holding.Record);
        int limit = Holds(value) == Holding.Big ? 64 : 8;
        AccessSize size = Size();
        Register target = Free();
        if (limit == 64 && Has(Holding.Small) && _random.OneIn(3))
        {
            // A variable offset, bounded to 63.
            Register index = Find(Holding.Small);
            Add(Code.Mov(target, index), Code.Alu(AluOp.Add, target, value));
            Set(target, Holding.Nothing);
            if (_random.OneIn(2))
                Add(Code.Load(AccessSize.Byte, R0, target, 0));
            else
                Add(Code.Store(size, target, _random.Between(-4, 1), Find(Holding.Number)));
            return;
        }
        int offset = _random.Between(0, limit - Bytes(size)) + (Careless() ? _random.Between(-9, 9) : 0);
        if (_random.OneIn(2))
        {
            Add(Code.Load(size, target, value, offset));
            Set(target, Holding.Number);
        }
        else
        {
            Add(Code.Store(size, value, offset, Find(Holding.Number, Holding.Small)));
        }
    }

    private void Atomic()
    {
        Register memory = _random.OneIn(3) || !Has(Holding.Value, Holding.Big, Holding.Stack) ? R10 : Find(Holding.Value, Holding.Big, Holding.Stack);
        AccessSize size = _random.OneIn(2) ? AccessSize.Word : AccessSize.Double;
        int offset = memory == R10 ? -8 * _random.Between(1, StackBytes / 8) : 0;
        AtomicOp op = _random.Pick<AtomicOp>([AtomicOp.Add, AtomicOp.Or, AtomicOp.FetchAdd, AtomicOp.FetchXor, AtomicOp.Exchange, AtomicOp.CompareExchange]);
        if (op == AtomicOp.CompareExchange && Holds(R0) is not (Holding.Number or Holding.Small))
            Add(Code.Mov(R0, 0));
        Register value = Find(Holding.Number, Holding.Small);
        Add(Code.Atomic(op, size, memory, offset, value));
        if (op == AtomicOp.CompareExchange)
            Set(R0, Holding.Number);
    }
}
