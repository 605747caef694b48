using Headrace.Bytecode;
using Headrace.Linux.Tests.Differential;
using static Headrace.Bytecode.Register;

namespace Headrace.Linux.Tests.Verification.Typed;

internal sealed partial class TypedProgram
{
    private static readonly HelperId[] s_plain = [HelperId.KtimeGetNs, HelperId.GetPrandomU32, HelperId.GetSmpProcessorId, HelperId.Jiffies64];

    // The key lies on the stack, written before, mostly.
    private void Key(Register register)
    {
        int offset = -4 * _random.Between(1, 4);
        if (!_random.OneIn(10))
            Add(_random.OneIn(2) ? Code.Store(AccessSize.Word, R10, offset, _random.Below(6)) : Code.Store(AccessSize.Word, R10, offset, Find(Holding.Number, Holding.Small)));
        _spilled[(-offset - 1) / 8] = Holding.Number;
        Add(Code.Mov(register, R10), Code.Alu(AluOp.Add, register, offset));
    }

    private void LookUp()
    {
        string map = _random.Pick<string>(["hash", "array", "big", "lru", "percpu_array", "percpu_hash", "big"]);
        Key(R2);
        MapArgument(R1, map);
        if (_random.OneIn(6))
        {
            Add(Code.Call(HelperId.MapDeleteElem));
            AfterCall(Holding.Number);
            return;
        }
        if (_random.OneIn(6) && !Lacks(map == "big" ? Holding.Big : Holding.Value))
        {
            Argument(R3, map == "big" ? Holding.Big : Holding.Value);
            Add(Code.Mov(R4, _random.Below(3)), Code.Call(HelperId.MapUpdateElem));
            AfterCall(Holding.Number);
            return;
        }
        Add(Code.Call(HelperId.MapLookupElem));
        AfterCall(map == "big" ? Holding.BigOrNull : Holding.ValueOrNull);
        Keep();
        if (!_random.OneIn(4))
            CheckNull();
    }

    // What a call gave moves to a register that calls leave alone.
    private void Keep()
    {
        if (_random.OneIn(3))
            return;
        Register kept = _random.Pick<Register>([R7, R8, R9]);
        if (Holds(kept) is Holding.Record or Holding.Socket)
            return;
        Add(Code.Mov(kept, R0));
        Set(kept, Holds(R0));
        if (_random.OneIn(3))
            Set(R0, Holding.Nothing);
    }

    // A loop without an end that takes a reference each round costs the kernel minutes and gigabytes.
    private void ReserveRecord()
    {
        if (_inLoop)
            return;
        if (_random.OneIn(3) && Has(Holding.Record))
        {
            Release(Find(Holding.Record));
            return;
        }
        MapArgument(R1, Careless() ? "hash" : "ring");
        Add(Code.Mov(R2, _random.Pick<int>([8, 8, 16])), Code.Mov(R3, 0), Code.Call(HelperId.RingbufReserve));
        AfterCall(Holding.RecordOrNull);
        Keep();
        if (!_random.OneIn(4))
            CheckNull();
    }

    private void FindSocket()
    {
        if (Lacks(Holding.Context))
            return;
        if (_inLoop || _type == ProgramType.SocketFilter)
            return;
        if (_random.OneIn(3) && Has(Holding.Socket))
        {
            Release(Find(Holding.Socket));
            return;
        }
        Argument(R1, Holding.Context);
        for (int offset = -16; offset < 0; offset += 8)
            Add(Code.Store(AccessSize.Double, R10, offset, 0));
        Add(Code.Mov(R2, R10), Code.Alu(AluOp.Add, R2, -16), Code.Mov(R3, 12), Code.Mov(R4, -1), Code.Mov(R5, 0));
        Add(Code.Call(_random.OneIn(2) ? HelperId.SkLookupTcp : HelperId.SkcLookupTcp));
        AfterCall(Holding.SocketOrNull);
        _spilled[0] = _spilled[1] = Holding.Number;
        Keep();
        if (!_random.OneIn(4))
            CheckNull();
    }

    private void Release(Register register)
    {
        Holding holding = Holds(register);
        bool isSocket = holding is Holding.Socket or Holding.SocketOrNull;
        bool mayBeNull = holding is Holding.RecordOrNull or Holding.SocketOrNull;
        if (mayBeNull && !_random.OneIn(4))
            Add(Code.Jump(JumpOp.Jeq, register, 0, isSocket ? 2 : 3));
        Add(Code.Mov(R1, register));
        if (!isSocket)
            Add(Code.Mov(R2, 0));
        Add(Code.Call(isSocket ? HelperId.SkRelease : _random.OneIn(2) ? HelperId.RingbufSubmit : HelperId.RingbufDiscard));
        AfterCall(Holding.Nothing);
        Set(register, Holding.Nothing);
    }

    private void CallPlainHelper()
    {
        Add(Code.Call(_random.Pick<HelperId>(s_plain)));
        AfterCall(Holding.Number);
        Keep();
    }

    // A pair of memory and size, the size a constant or a number.
    private void CallMemoryHelper()
    {
        int offset = -8 * _random.Between(1, 8);
        void Memory(Register memory, Register size)
        {
            if (_random.OneIn(3) && Has(Holding.Big))
                Add(Code.Mov(memory, Find(Holding.Big)));
            else
                Add(Code.Mov(memory, R10), Code.Alu(AluOp.Add, memory, offset));
            if (_random.OneIn(3) && Has(Holding.Small))
                Add(Code.Mov(size, Find(Holding.Small)));
            else
                Add(Code.Mov(size, _random.OneIn(6) ? -offset + 1 : -offset));
        }
        switch (_random.Below(5))
        {
            case 0 when _type != ProgramType.SocketFilter:
                Memory(R1, R2);
                Add(Code.Mov(R3, 0), Code.Mov(R4, 0), Code.Mov(R5, 0), Code.Call(HelperId.CsumDiff));
                break;
            case 1:
                if (Lacks(Holding.Context))
                    return;
                Argument(R1, Holding.Context);
                MapArgument(R2, "events");
                Add(Code.Mov(R3, 0));
                Memory(R4, R5);
                Add(Code.Call(HelperId.PerfEventOutput));
                break;
            case 2:
                MapArgument(R1, "ring");
                Memory(R2, R3);
                Add(Code.Mov(R4, 0), Code.Call(HelperId.RingbufOutput));
                break;
            case 3:
                if (Lacks(Holding.Context))
                    return;
                Argument(R1, Holding.Context);
                Argument(R2, Holding.Small);
                Memory(R3, R4);
                Add(Code.Call(_type == ProgramType.Xdp ? HelperId.XdpLoadBytes : HelperId.SkbLoadBytes));
                break;
            default:
                Key(R2);
                MapArgument(R1, _random.Pick<string>(["queue", "stack", "queue", "stack", Careless() ? "hash" : "queue"]));
                Add(Code.Call(_random.Pick<HelperId>([HelperId.MapPopElem, HelperId.MapPeekElem])));
                break;
        }
        AfterCall(Holding.Number);
        for (int slot = 0; slot < -offset / 8; slot++)
            _spilled[slot] = Holding.Number;
    }

    // Helpers that may move the packet: what pointed into it does not any more.
    private void ChangePacket()
    {
        if (Lacks(Holding.Context))
            return;
        if (_type == ProgramType.SocketFilter && !Careless())
            return;
        Argument(R1, Holding.Context);
        bool isXdp = _type == ProgramType.Xdp;
        if (!isXdp && _random.OneIn(2))
        {
            Add(Code.Mov(R2, 0), Code.Call(_type == ProgramType.SocketFilter && !Careless() ? HelperId.GetPrandomU32 : HelperId.SkbPullData));
        }
        else
        {
            Add(Code.Mov(R2, _random.Between(-8, 8)));
            if (!isXdp)
                Add(Code.Mov(R3, 0));
            Add(Code.Call(isXdp ? _random.Pick<HelperId>([HelperId.XdpAdjustHead, HelperId.XdpAdjustTail, HelperId.XdpAdjustMeta]) : HelperId.SkbChangeTail));
        }
        AfterCall(Holding.Number);
        if (_random.OneIn(10))
            return;
        for (Register register = R0; register <= R9; register++)
        {
            if (Holds(register) is Holding.Packet or Holding.PacketEnd or Holding.Metadata)
                Set(register, Holding.Nothing);
        }
    }
}
