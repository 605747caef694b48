using Headrace.Bytecode;
using Headrace.Linux.Tests.Differential;
using static Headrace.Bytecode.Register;

namespace Headrace.Linux.Tests.Verification.Typed;

internal sealed partial class TypedProgram
{
    private void Arithmetic()
    {
        Register target = Find(Holding.Number, Holding.Small);
        if (!Has(Holding.Number, Holding.Small) || _random.OneIn(4))
        {
            target = Free();
            Add(Code.Mov(target, Immediate()));
            Set(target, Holding.Number);
            return;
        }
        AluOp op = _random.Pick<AluOp>(s_operations);
        bool wide = _random.OneIn(2);
        if (_random.OneIn(8))
            Add(Code.Alu(AluOp.End, target, _random.Pick<int>([16, 32, 64]), wide));
        else if (_random.OneIn(3))
            Add(Code.Alu(op, target, Find(Holding.Number, Holding.Small), wide));
        else
            Add(Code.Alu(op, target, op is AluOp.Lsh or AluOp.Rsh or AluOp.Arsh ? _random.Below(wide ? 64 : 32) : Immediate(), wide));
        if (target != R10)
            Set(target, Holding.Number);
    }

    // A number becomes at most 63, by mask, by comparison or by both comparisons.
    private void Bound()
    {
        Register number = Find(Holding.Number);
        switch (_random.Below(4))
        {
            case 0:
                Add(Code.Alu(AluOp.And, number, _random.Pick<int>([63, 63, 31, 64]), _random.OneIn(2)));
                break;
            case 1:
                Add(Code.Jump(JumpOp.Jle, number, 63, 2, _random.OneIn(2)), Code.Mov(R0, 1), Code.Exit);
                break;
            case 2:
                Add(Code.Jump(JumpOp.Jsle, number, 63, 2), Code.Mov(R0, 1), Code.Exit);
                Add(Code.Jump(JumpOp.Jsge, number, _random.Pick<int>([0, 0, -1]), 2), Code.Mov(R0, 1), Code.Exit);
                break;
            default:
                Register copy = Free();
                Add(Code.Mov(copy, number), Code.Jump(JumpOp.Jlt, copy, 64, 2), Code.Mov(R0, 1), Code.Exit);
                Set(copy, Holding.Small);
                break;
        }
        if (number is not (R10 or R6))
            Set(number, Holding.Small);
    }

    private void MovePointer()
    {
        if (Lacks(Holding.Packet, Holding.Stack, Holding.Big, Holding.Metadata))
            return;
        Register pointer = Find(Holding.Packet, Holding.Stack, Holding.Big, Holding.Metadata), target = Free();
        Holding holding = Holds(pointer);
        Add(Code.Mov(target, pointer));
        if (_random.OneIn(3) && Has(Holding.Small))
            Add(Code.Alu(_random.OneIn(8) ? AluOp.Sub : AluOp.Add, target, Find(Holding.Small)));
        else
            Add(Code.Alu(AluOp.Add, target, holding == Holding.Stack ? -8 * _random.Between(1, 8) : _random.Below(16)));
        Set(target, holding == Holding.Packet ? Holding.Packet : holding == Holding.Stack ? Holding.Stack : Holding.Nothing);
    }

    private void CheckNull()
    {
        if (Lacks(Holding.ValueOrNull, Holding.BigOrNull, Holding.RecordOrNull, Holding.SocketOrNull))
            return;
        Register pointer = Find(Holding.ValueOrNull, Holding.BigOrNull, Holding.RecordOrNull, Holding.SocketOrNull);
        Add(_random.OneIn(2)
            ? [Code.Jump(JumpOp.Jne, pointer, 0, 2), Code.Mov(R0, 1), Code.Exit]
            : [Code.Jump(JumpOp.Jeq, pointer, 0, 1), Code.Goto(2), Code.Mov(R0, 1), Code.Exit]);
        Holding known = Holds(pointer) switch
        {
            Holding.ValueOrNull => Holding.Value,
            Holding.BigOrNull => Holding.Big,
            Holding.RecordOrNull => Holding.Record,
            Holding.SocketOrNull => Holding.Socket,
            var other => other,
        };
        // Copies become known with it.
        Holding before = Holds(pointer);
        if (_random.OneIn(2))
            Set(pointer, known);
        else
            Array.ForEach([R0, R1, R2, R3, R4, R5, R7, R8, R9], register => Set(register, Holds(register) == before ? known : Holds(register)));
    }

    private void Branch(int depth)
    {
        Register number = Find(Holding.Number, Holding.Small);
        bool wide = _random.OneIn(2);
        Instruction condition = _random.OneIn(3)
            ? Code.Jump(_random.Pick<JumpOp>(s_conditions), number, Find(Holding.Number, Holding.Small), 0, wide)
            : Code.Jump(_random.Pick<JumpOp>(s_conditions), number, Immediate(), 0, wide);
        int jump = _code.Count;
        Add(condition);
        Holding[] before = [.. _holds];
        for (int i = _random.Between(1, 3); i > 0; i--)
            Statement(depth - 1);
        bool hasOther = _random.OneIn(2);
        int over = _code.Count;
        if (hasOther)
            Add(Code.Goto(0));
        _code[jump] = condition with { Offset = (short)(_code.Count - jump - 1) };
        Holding[] after = [.. _holds];
        before.CopyTo(_holds, 0);
        if (hasOther)
        {
            for (int i = _random.Between(1, 3); i > 0; i--)
                Statement(depth - 1);
            _code[over] = Code.Goto(_code.Count - over - 1);
        }
        for (int i = 0; i < 10; i++)
            _holds[i] = _holds[i] == after[i] ? after[i] : _holds[i] is Holding.Number or Holding.Small && after[i] is Holding.Number or Holding.Small ? Holding.Number : Holding.Nothing;
    }

    private void Loop(int depth)
    {
        Register counter = _random.Pick<Register>([R7, R8, R9]);
        bool isEndless = _random.OneIn(12), mayGoto = _random.OneIn(5);
        int rounds = _random.Between(1, 6);
        Add(Code.Mov(counter, 0));
        Set(counter, Holding.Small);
        int start = _code.Count;
        if (mayGoto)
            Add(Instruction.MayGoto(0));
        Holding[] before = [.. _holds];
        _inLoop = true;
        Statement(depth - 1);
        _inLoop = false;
        for (int i = 0; i < 10; i++)
            _holds[i] = _holds[i] == before[i] ? before[i] : Holding.Nothing;
        if (!isEndless)
            Add(Code.Alu(AluOp.Add, counter, 1));
        Add(Code.Jump(JumpOp.Jlt, counter, rounds, start - _code.Count - 1));
        if (mayGoto)
            _code[start] = Instruction.MayGoto((short)(_code.Count - start - 1));
        Set(counter, Holding.Small);
    }

    private void CallFunction()
    {
        if (_inFunction || _functions >= 3)
            return;
        Argument(R1, Holding.Small);
        Argument(R2, _random.OneIn(2) ? Holding.Stack : Holding.Number);
        _calls.Add((_code.Count, _functions++));
        Add(Instruction.WideTail);
        AfterCall(Holding.Number);
    }
}
