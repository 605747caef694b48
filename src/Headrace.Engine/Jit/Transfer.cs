using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

/// <summary>How each instruction changes what is known.</summary>
/// <param name="facts">The program.</param>
internal sealed class Transfer(ProgramFacts facts)
{
    /// <summary>Called with the callee's slot and the state at each local call.</summary>
    public Action<int, AbstractState>? LocalCall { get; init; }

    /// <summary>Applies the instruction at a slot; of a branch, what it does before it decides.</summary>
    public void Step(AbstractState state, int slot)
    {
        Instruction instruction = facts.Instructions[slot];
        switch (instruction.Opcode.Class)
        {
            case OpcodeClass.Alu or OpcodeClass.Alu64:
                Arithmetic(state, slot, instruction);
                break;
            case OpcodeClass.Ld when instruction.Opcode.IsWideLoad:
                state[(int)instruction.Dst] = WideLoad(slot, instruction);
                break;
            case OpcodeClass.Ld:
                state[0] = AbstractValue.Bits(instruction.Opcode.SizeInBytes * 8);
                ForgetArguments(state);
                break;
            case OpcodeClass.Ldx:
                Load(state, instruction);
                break;
            case OpcodeClass.St:
                Store(state, instruction, AbstractValue.Constant((ulong)instruction.Immediate));
                break;
            case OpcodeClass.Stx when instruction.Opcode.Mode == AccessMode.Atomic:
                Atomic(state, instruction);
                break;
            case OpcodeClass.Stx:
                Store(state, instruction, state[(int)instruction.Src]);
                break;
            default:
                if (instruction.IsCall)
                    Call(state, slot, instruction);
                break;
        }
    }

    /// <summary>The second operand of arithmetic or a jump.</summary>
    public static AbstractValue Operand(AbstractState state, Instruction instruction) =>
        instruction.Opcode.UsesRegister ? state[(int)instruction.Src] : AbstractValue.Constant((ulong)instruction.Immediate);

    private static void Arithmetic(AbstractState state, int slot, Instruction instruction)
    {
        int dst = (int)instruction.Dst;
        bool is64 = !instruction.Opcode.Is32;
        AluOp op = instruction.Opcode.AluOp;
        AbstractValue left = state[dst];
        if (op == AluOp.End)
        {
            state[dst] = AbstractValue.Bits(instruction.Imm32);
            return;
        }
        AbstractValue right = Operand(state, instruction);
        if (op == AluOp.Mov && instruction.Offset != 0)
            state[dst] = SignExtended(right, instruction.Offset, is64);
        else if (op == AluOp.Mov && is64)
            state[dst] = right;
        else if (is64 && op is AluOp.Add or AluOp.Sub && (left.Kind != ValueKind.Number || right.Kind != ValueKind.Number))
            state[dst] = MovePointer(state, slot, op, left, right);
        else
            state[dst] = NumberRules.Apply(op, is64, instruction.Offset != 0, left, right);
    }

    private static AbstractValue SignExtended(AbstractValue value, int bits, bool is64)
    {
        bool same = value.Kind == ValueKind.Number && value.High < 1UL << (bits - 1);
        return same ? value : AbstractValue.Bits(is64 ? 64 : 32);
    }

    private static AbstractValue MovePointer(AbstractState state, int slot, AluOp op, AbstractValue left, AbstractValue right)
    {
        if (op == AluOp.Add && left.Kind == ValueKind.Number)
            (left, right) = (right, left);
        if (right.Kind != ValueKind.Number)
            return AbstractValue.Any;
        if (right.IsConstant)
            return op == AluOp.Add ? left.Move((long)right.Low) : right.Low == 1UL << 63 ? AbstractValue.Any : left.Move(-(long)right.Low);
        if (op == AluOp.Sub)
            return left.Anywhere;
        // Base 0 is the packet's start and ids below it belong to joins: an instruction's own base is its slot + 1.
        int id = slot + 1;
        AbstractValue moved = left.MoveBy(right, id);
        if (moved.Kind == ValueKind.Packet)
        {
            long reach = state.Reach(left.Id) - (long)right.High;
            state.ForgetBase(id);
            if (reach > 0)
                state.Prove(id, reach);
        }
        return moved;
    }

    private AbstractValue WideLoad(int slot, Instruction instruction) => instruction.WideLoadKind switch
    {
        WideLoadKind.Constant => AbstractValue.Constant((ulong)instruction.Immediate),
        WideLoadKind.MapIndex => facts.MapHandle((int)instruction.Immediate),
        WideLoadKind.MapValueIndex => MapValueAddress((int)instruction.Immediate, (uint)(instruction.Immediate >> 32)),
        WideLoadKind.Function => AbstractValue.Function(ControlFlow.FunctionTarget(instruction, slot)),
        _ => AbstractValue.Any,
    };

    private AbstractValue MapValueAddress(int map, uint offset) =>
        (uint)map < (uint)facts.Maps.Length && facts.GivesValues(map) ? AbstractValue.MapValue(map, 0, 0, false).Move(offset) : AbstractValue.Any;

    private void Load(AbstractState state, Instruction instruction)
    {
        int size = instruction.Opcode.SizeInBytes;
        bool signed = instruction.Opcode.Mode == AccessMode.MemSx;
        AccessProof proof = Check(state, (int)instruction.Src, instruction.Offset, size, write: false);
        AbstractValue pointer = state[(int)instruction.Src];
        // The context's pointers are loaded as words: where a load may hit the context unseen, a word may be more than 32 bits.
        bool mayBePointer = size == 4 && proof == AccessProof.None && facts.Context is not null;
        AbstractValue loaded = AbstractValue.Bits(signed || mayBePointer ? 64 : size * 8);
        if (!signed && proof == AccessProof.Context && facts.Context!.TryResolve(pointer.Offset + instruction.Offset, size, write: false, out ContextAccess access))
            loaded = ContextFields.Loaded(access, loaded);
        else if (proof == AccessProof.Stack && size == 8 && AbstractState.SlotAt(pointer.Offset + instruction.Offset) is >= 0 and int place)
            loaded = state[place];
        state[(int)instruction.Dst] = loaded;
    }

    private void Store(AbstractState state, Instruction instruction, AbstractValue value)
    {
        int size = instruction.Opcode.SizeInBytes;
        long offset = state[(int)instruction.Dst].Offset + instruction.Offset;
        AccessProof proof = Check(state, (int)instruction.Dst, instruction.Offset, size, write: true);
        if (proof == AccessProof.None)
            state.ForgetStack();
        if (proof != AccessProof.Stack)
            return;
        state.ForgetStack(offset, offset + size);
        if (size == 8 && AbstractState.SlotAt(offset) is >= 0 and int place)
            state[place] = value;
    }

    private void Atomic(AbstractState state, Instruction instruction)
    {
        var op = (AtomicOp)instruction.Imm32;
        int size = instruction.Opcode.SizeInBytes;
        bool isLoad = op == AtomicOp.LoadAcquire;
        int pointer = (int)(isLoad ? instruction.Src : instruction.Dst);
        long offset = state[pointer].Offset + instruction.Offset;
        AccessProof proof = Check(state, pointer, instruction.Offset, size, write: !isLoad);
        if (proof == AccessProof.None && !isLoad)
            state.ForgetStack();
        else if (proof == AccessProof.Stack && !isLoad)
            state.ForgetStack(offset, offset + size);
        if (isLoad)
            state[(int)instruction.Dst] = AbstractValue.Bits(size * 8);
        else if (op == AtomicOp.CompareExchange)
            state[0] = AbstractValue.Bits(size * 8);
        else if (op != AtomicOp.StoreRelease && (op & AtomicOp.Fetch) != 0)
            state[(int)instruction.Src] = AbstractValue.Bits(size * 8);
    }

    /// <summary>Says what is proved about an access, and takes in what is true once it has happened.</summary>
    private AccessProof Check(AbstractState state, int pointer, int displacement, int size, bool write)
    {
        AccessProof proof = facts.Prove(state, pointer, displacement, size, write);
        if (proof == AccessProof.PacketUnproved && state[pointer].Kind == ValueKind.Packet)
            state.Prove(state[pointer].Id, state[pointer].Offset + displacement + size);
        else if (proof == AccessProof.MapValueOrNull)
            state.LearnNull(pointer, isNull: false);
        return proof;
    }

    private void Call(AbstractState state, int slot, Instruction instruction)
    {
        if (instruction.CallKind == CallKind.Helper)
        {
            AbstractValue result = HelperResult(state, slot, (HelperId)instruction.Imm32);
            AfterHelper(state, HelperEffectTable.Of((HelperId)instruction.Imm32));
            state[0] = result;
        }
        else
        {
            if (instruction.CallKind == CallKind.Local)
                LocalCall?.Invoke(ControlFlow.FunctionTarget(instruction, slot), state);
            AfterCallOfProgram(state);
            state[0] = AbstractValue.Any;
        }
        ForgetArguments(state);
    }

    private AbstractValue HelperResult(AbstractState state, int slot, HelperId helper)
    {
        if (helper is not (HelperId.MapLookupElem or HelperId.MapLookupPercpuElem) || state[1].Kind != ValueKind.Map || !facts.GivesValues(state[1].Map))
            return AbstractValue.Any;
        state.ForgetLookup(slot + 1);
        return AbstractValue.MapValue(state[1].Map, 0, slot + 1, mayBeNull: true);
    }

    private void AfterHelper(AbstractState state, HelperEffects effects)
    {
        if (effects.HasFlag(HelperEffects.CallsBack))
            AfterCallOfProgram(state);
        if (effects.HasFlag(HelperEffects.MovesPacket))
            state.ForgetPacket();
        if (!effects.HasFlag(HelperEffects.WritesMemory))
            return;
        for (int register = 1; register <= 5; register++)
        {
            AbstractValue argument = state[register];
            if (argument.Kind == ValueKind.Stack)
                state.ForgetStack(argument.Offset);
            else if (argument is not ({ Kind: ValueKind.Number, High: <= ushort.MaxValue } or { Kind: ValueKind.Context, Offset: 0 }
                or { Kind: ValueKind.Map or ValueKind.Function or ValueKind.PacketEnd }))
                state.ForgetStack();
        }
    }

    // A function may write to its caller's frame, and move the packet when any helper of the program does.
    private void AfterCallOfProgram(AbstractState state)
    {
        state.ForgetStack();
        if (facts.MovesPacket)
            state.ForgetPacket();
    }

    private static void ForgetArguments(AbstractState state)
    {
        for (int register = 1; register <= 5; register++)
            state[register] = AbstractValue.Any;
    }
}
