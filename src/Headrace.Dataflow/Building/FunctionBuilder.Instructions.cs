using Headrace.Bytecode;

namespace Headrace.Dataflow;

internal sealed partial class FunctionBuilder
{
    private Actor BuildArithmetic(Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        Actor a = this[instruction.Dst];
        switch (opcode.AluOp)
        {
            case AluOp.Neg:
                return Arithmetic(ActorKind.Negate, opcode.Is32, a);
            case AluOp.End:
                return BuildSwap(instruction, a);
            case AluOp.Mov:
                return BuildMove(instruction);
        }
        Actor b = opcode.UsesRegister ? this[instruction.Src] : Constant(instruction.Immediate);
        bool signed = instruction.Offset == 1;
        return Arithmetic(opcode.AluOp switch
        {
            AluOp.Add => ActorKind.Add,
            AluOp.Sub => ActorKind.Subtract,
            AluOp.Mul => ActorKind.Multiply,
            AluOp.Div => signed ? ActorKind.DivideSigned : ActorKind.Divide,
            AluOp.Mod => signed ? ActorKind.RemainderSigned : ActorKind.Remainder,
            AluOp.Or => ActorKind.Or,
            AluOp.And => ActorKind.And,
            AluOp.Xor => ActorKind.Xor,
            AluOp.Lsh => ActorKind.ShiftLeft,
            AluOp.Rsh => ActorKind.ShiftRight,
            AluOp.Arsh => ActorKind.ShiftRightSigned,
            _ => throw Meaningless(),
        }, opcode.Is32, a, b);
    }

    private Actor Arithmetic(ActorKind kind, bool is32, params ReadOnlySpan<Actor> inputs)
    {
        Actor actor = Add(kind, inputs);
        actor.Is32 = is32;
        return actor;
    }

    private Actor Extend(Actor value, int size, bool signed, bool to32)
    {
        Actor actor = Add(ActorKind.Extend, value);
        (actor.Size, actor.Signed, actor.Is32) = (size, signed, to32);
        return actor;
    }

    private Actor BuildMove(Instruction instruction)
    {
        bool is32 = instruction.Opcode.Is32;
        if (!instruction.Opcode.UsesRegister)
            return Constant(is32 ? (uint)instruction.Imm32 : instruction.Immediate);
        Actor source = this[instruction.Src];
        if (instruction.Offset != 0)
            return Extend(source, instruction.Offset / 8, signed: true, is32);
        return is32 ? Extend(source, 4, signed: false, to32: false) : source;
    }

    private Actor BuildSwap(Instruction instruction, Actor a)
    {
        int size = instruction.Imm32 / 8;
        bool swaps = !instruction.Opcode.Is32 || instruction.Opcode.UsesRegister;
        if (!swaps)
            return size == 8 ? a : Extend(a, size, signed: false, to32: false);
        Actor actor = Add(ActorKind.ByteSwap, a);
        actor.Size = size;
        return actor;
    }

    private Actor BuildWideLoad(Instruction instruction)
    {
        int index = (int)(uint)instruction.Immediate;
        return instruction.WideLoadKind switch
        {
            WideLoadKind.MapIndex => function.Literal(ActorKind.MapHandle, 0, function.Graph.MapOf(index)),
            WideLoadKind.MapValueIndex => function.Literal(ActorKind.MapValueAddress, (uint)(instruction.Immediate >> 32), function.Graph.MapOf(index)),
            WideLoadKind.Function => function.Literal(ActorKind.FunctionAddress, _slot + 1 + instruction.Imm32),
            _ => Constant(instruction.Immediate),
        };
    }

    private Actor BuildLoad(Instruction instruction)
    {
        Actor load = Add(ActorKind.Load, this[instruction.Src]);
        (load.Size, load.Immediate, load.Signed) = (instruction.Opcode.SizeInBytes, instruction.Offset, instruction.Opcode.Mode == AccessMode.MemSx);
        return load;
    }

    private void BuildAtomic(Instruction instruction)
    {
        var op = (AtomicOp)instruction.Imm32;
        bool loads = op == AtomicOp.LoadAcquire;
        Actor actor = loads ? Add(ActorKind.Atomic, this[instruction.Src])
            : op == AtomicOp.CompareExchange ? Add(ActorKind.Atomic, this[instruction.Dst], this[instruction.Src], this[Register.R0])
            : Add(ActorKind.Atomic, this[instruction.Dst], this[instruction.Src]);
        (actor.AtomicOp, actor.Size, actor.Immediate) = (op, instruction.Opcode.SizeInBytes, instruction.Offset);
        if (loads)
            this[instruction.Dst] = actor;
        else if (op == AtomicOp.CompareExchange)
            this[Register.R0] = actor;
        else if (op != AtomicOp.StoreRelease && (op & AtomicOp.Fetch) != 0)
            this[instruction.Src] = actor;
    }

    private void BuildPacketLoad(Instruction instruction)
    {
        Actor load = instruction.Opcode.Mode == AccessMode.Ind ? Add(ActorKind.PacketLoad, this[instruction.Src]) : Add(ActorKind.PacketLoad);
        (load.Size, load.Immediate) = (instruction.Opcode.SizeInBytes, instruction.Imm32);
        Actor inside = Compare(JumpOp.Jlt, is32: false, load, Constant((long)Actor.OutsidePacket));
        Add(ActorKind.Branch, inside);
        this[Register.R0] = load;
        Block outside = _block.Exits[1];
        Actor result = function.Graph.NewActor(ActorKind.Return, _slot, Constant(0));
        outside.Append(result);
    }

    private Actor Compare(JumpOp condition, bool is32, Actor a, Actor b)
    {
        Actor compare = Add(ActorKind.Compare, a, b);
        (compare.Condition, compare.Is32) = (condition, is32);
        return compare;
    }

    private void BuildJump(Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        switch (opcode.JumpOp)
        {
            case JumpOp.Exit:
                Add(ActorKind.Return, this[Register.R0]);
                return;
            case JumpOp.Call:
                BuildCall(instruction);
                return;
            case JumpOp.Ja:
                Add(ActorKind.Goto);
                return;
        }
        if (_block.Exits.Count == 1)
        {
            Add(ActorKind.Goto);
            return;
        }
        Actor condition = opcode.JumpOp == JumpOp.Jcond
            ? Add(ActorKind.LoopBudget)
            : Compare(opcode.JumpOp, opcode.Is32, this[instruction.Dst], opcode.UsesRegister ? this[instruction.Src] : Constant(instruction.Immediate));
        Add(ActorKind.Branch, condition);
    }

    private void BuildCall(Instruction instruction)
    {
        Actor[] arguments = _registers[1..6];
        if (instruction.CallKind == CallKind.Local)
        {
            Actor call = Add(ActorKind.Call, arguments);
            call.Immediate = _slot + 1 + instruction.Imm32;
            this[Register.R0] = call;
            for (int register = 1; register <= 5; register++)
                _registers[register] = Constant(0);
        }
        else if (function.Graph.IsPlain)
        {
            this[Register.R0] = this[Register.R1];
        }
        else if (FlowShape.IsTailCall(instruction))
        {
            Actor call = Add(ActorKind.TailCall, arguments[..3]);
            call.Map = arguments[1].Kind == ActorKind.MapHandle ? arguments[1].Map : -1;
        }
        else
        {
            var id = (HelperId)instruction.Imm32;
            Actor call = Add(ActorKind.Helper, arguments[..HelperEffects.ArgumentCount(id, function.Graph.Program.Type)]);
            call.Helper = id;
            this[Register.R0] = call;
        }
    }
}
