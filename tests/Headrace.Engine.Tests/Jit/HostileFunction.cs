using Headrace.Bytecode;

namespace Headrace.Engine.Tests.Jit;

/// <summary>Draws functions that no verifier would take: pointers moved anywhere, accesses where nothing was proved, loops that may not end.</summary>
/// <remarks>
/// R0 to R3 hold numbers, R6 packet pointers, R7 map value pointers or null, R8 what was filled from the stack, R9 the context. Numbers
/// never come from addresses, so that two machines, whose memory is elsewhere, must do the same.
/// </remarks>
/// <param name="random">Where chance comes from.</param>
/// <param name="callees">Functions it may call, by number; the last is only ever called back by <c>bpf_loop</c>.</param>
/// <param name="passesContext">True where <c>bpf_loop</c> hands the context on, false for a packet or value pointer.</param>
internal sealed class HostileFunction(Random random, Range callees, bool passesContext)
{
    private const int Statements = 25;

    // Maps of HostileProgram by index.
    private const int ValueMaps = 2;
    private const int ProgramArray = 2;

    private readonly Random _random = random;
    private readonly List<Instruction> _code = [];

    /// <summary>Slots of calls and function addresses whose immediate is still the number of a function.</summary>
    public List<int> Calls { get; } = [];

    /// <summary>Writes the function.</summary>
    /// <param name="isProgram">True where R1 is the context; else R1 to R4 are what a caller passes, or a callback's index and context.</param>
    /// <param name="isCallback">True where R2 is what the caller gave <c>bpf_loop</c> as context.</param>
    public List<Instruction> Write(bool isProgram, bool isCallback)
    {
        if (isProgram)
        {
            Add(Alu(AluOp.Mov, Register.R9, Register.R1));
            Add(Load(AccessSize.Word, Register.R6, Register.R9, 0));
            Add(Alu(AluOp.Mov, Register.R7, Register.R6));
        }
        else if (isCallback)
        {
            Add(Alu(AluOp.Mov, Register.R9, Register.R2));
            Add(passesContext ? Load(AccessSize.Word, Register.R6, Register.R9, 0) : Alu(AluOp.Mov, Register.R6, Register.R2));
            Add(Alu(AluOp.Mov, Register.R7, Register.R6));
        }
        else
        {
            Add(Alu(AluOp.Mov, Register.R6, Register.R1));
            Add(Alu(AluOp.Mov, Register.R7, Register.R2));
            Add(Alu(AluOp.Mov, Register.R9, Register.R3));
            if (_random.Next(4) == 0)
                Add(Store(AccessSize.Double, Register.R4, Register.R5, (short)(-8 * _random.Next(1, 4))));
        }
        Add(Alu(AluOp.Mov, Register.R8, Register.R6));
        FreshNumbers(64);
        int body = _code.Count;
        for (int statement = 0; statement < Statements; statement++)
            Statement();
        Add(Alu(AluOp.Mov, Register.R0, Number()));
        if (isCallback)
            Add(Alu(AluOp.And, Register.R0, 1));
        Add(new Instruction(Opcode.Jump(JumpOp.Exit, true, false), 0, 0, 0, 0));
        Aim(body);
        return _code;
    }

    private void Statement()
    {
        switch (_random.Next(22))
        {
            case 0 or 1:
                Add(Alu(Pick(AluOp.Add, AluOp.Sub, AluOp.And, AluOp.Or, AluOp.Rsh, AluOp.Lsh, AluOp.Mul, AluOp.Mod), Number(), _random.Next(1, 70), _random.Next(2) == 0));
                break;
            case 2:
                Add(Alu(Pick(AluOp.Add, AluOp.Sub, AluOp.And, AluOp.Xor, AluOp.Mov), Number(), Number()));
                break;
            case 3 or 4:
                Add(Load(Size(), Number(), Pick(Register.R6, Register.R7), Near()));
                break;
            case 5:
                Add(Store(Size(), Pick(Register.R6, Register.R7, Register.R8), Number(), Near()));
                break;
            case 6:
                Register distance = Number();
                if (_random.Next(8) != 0)
                    Add(Alu(AluOp.And, distance, _random.Next(1, 16)));
                Add(_random.Next(2) == 0 ? Alu(AluOp.Add, Pointer(), _random.Next(-2, 9)) : Alu(AluOp.Add, Pointer(), distance));
                break;
            case 7:
                Add(Load(AccessSize.Word, Register.R6, Register.R9, 0));
                break;
            case 8:
                Add(Jump(Pick(JumpOp.Jgt, JumpOp.Jle, JumpOp.Jeq, JumpOp.Jne, JumpOp.Jslt), Number(), _random.Next(40), is64: true));
                break;
            case 9:
                Add(Load(AccessSize.Word, Register.R5, Register.R9, 4));
                Add(Alu(AluOp.Mov, Register.R4, Register.R6));
                Add(Alu(AluOp.Add, Register.R4, _random.Next(32)));
                Add(new Instruction(Opcode.Jump(Pick(JumpOp.Jgt, JumpOp.Jge, JumpOp.Jle), true, true), Register.R4, Register.R5, 0, 0));
                break;
            case 10:
                Lookup();
                break;
            case 11:
                Add(new Instruction(Opcode.Jump(Pick(JumpOp.Jeq, JumpOp.Jne), true, false), Register.R7, 0, 0, 0));
                break;
            case 12:
                Add(Store(AccessSize.Double, Register.R10, Pick(Register.R6, Register.R7), (short)(-8 * _random.Next(1, 4))));
                break;
            case 13:
                StoreToStack();
                break;
            case 14:
                NarrowAndAdd();
                break;
            case 15 or 16:
                Call();
                break;
            case 17:
                ChangeElement();
                break;
            case 18:
                Adjust();
                break;
            case 19:
                TailCall();
                break;
            case 20:
                // A pointer cut to half, and pointers that other arithmetic spoils.
                Add(_random.Next(8) == 0 ? Alu(Pick(AluOp.Mov, AluOp.Add), Pointer(), Pick(Register.R6, Register.R7), is64: _random.Next(2) == 0) : Alu(AluOp.Mov, Register.R8, Register.R7));
                break;
            default:
                Add(Load(AccessSize.Double, _random.Next(2) == 0 ? Register.R8 : Register.R7, Register.R10, (short)(-8 * _random.Next(1, 4))));
                break;
        }
    }

    private void FreshNumbers(int below)
    {
        for (int register = 0; register < 6; register++)
            Add(Alu(AluOp.Mov, (Register)register, _random.Next(below)));
    }

    // Whole slots only, so that no pointer is changed in part.
    private void StoreToStack()
    {
        Register number = Number();
        Add(Alu(AluOp.Mov, Register.R4, number));
        Add(Alu(AluOp.And, Register.R4, 24));
        Add(Alu(AluOp.Mov, Register.R5, Register.R10));
        Add(Alu(AluOp.Sub, Register.R5, Register.R4));
        Add(Store(AccessSize.Double, Register.R5, number, (short)(-8 * _random.Next(2))));
    }

    // Bounds that branches draw around multiples of a power of two, as offset into a value.
    private void NarrowAndAdd()
    {
        Register number = Number();
        Add(Alu(AluOp.And, number, Pick(4, 8, 12, 16, 20, 24, 28)));
        for (int i = 0; i < 3; i++)
            Add(Jump(Pick(JumpOp.Jgt, JumpOp.Jge, JumpOp.Jlt, JumpOp.Jle, JumpOp.Jeq, JumpOp.Jne), number, _random.Next(30), _random.Next(4) != 0));
        Add(Alu(AluOp.Add, Pick(Register.R6, Register.R7), number));
        Add(Load(Size(), number, Register.R7, 0));
    }

    private void Key(int map)
    {
        Add(Store(AccessSize.Word, Register.R10, Number(), -36));
        LoadMap(Register.R1, map);
        Add(Alu(AluOp.Mov, Register.R2, Register.R10));
        Add(Alu(AluOp.Add, Register.R2, -36));
    }

    private void Lookup()
    {
        Key(_random.Next(ValueMaps));
        CallHelper(HelperId.MapLookupElem);
        Add(Alu(AluOp.Mov, Register.R7, Register.R0));
        FreshNumbers(8);
    }

    private void ChangeElement()
    {
        Key(1);
        if (_random.Next(2) == 0)
        {
            Add(Alu(AluOp.Mov, Register.R3, Pick(Register.R6, Register.R7)));
            Add(Alu(AluOp.Mov, Register.R4, 0));
            CallHelper(HelperId.MapUpdateElem);
        }
        else
        {
            CallHelper(HelperId.MapDeleteElem);
        }
        FreshNumbers(8);
    }

    private void Adjust()
    {
        Add(Alu(AluOp.Mov, Register.R1, Register.R9));
        Add(Alu(AluOp.Mov, Register.R2, _random.Next(-3, 4) * 4));
        CallHelper(Pick(HelperId.XdpAdjustHead, HelperId.XdpAdjustTail, HelperId.XdpAdjustMeta));
        FreshNumbers(8);
    }

    private void TailCall()
    {
        if (_random.Next(3) != 0)
            return;
        Add(Alu(AluOp.Mov, Register.R1, Register.R9));
        LoadMap(Register.R2, ProgramArray);
        Add(Alu(AluOp.Mov, Register.R3, _random.Next(3)));
        CallHelper(HelperId.TailCall);
        FreshNumbers(8);
    }

    private void Call()
    {
        (int first, int count) = (callees.Start.Value, callees.End.Value - callees.Start.Value);
        if (count == 0)
            return;
        int function = first + _random.Next(count);
        if (function == callees.End.Value - 1)
        {
            Calls.Add(_code.Count + 1);
            Add(Alu(AluOp.Mov, Register.R1, _random.Next(4)));
            Add(new Instruction(Opcode.WideLoad, Register.R2, (Register)WideLoadKind.Function, 0, function));
            Add(Instruction.WideTail);
            Add(Alu(AluOp.Mov, Register.R3, passesContext ? Register.R9 : Pick(Register.R6, Register.R7)));
            Add(Alu(AluOp.Mov, Register.R4, 0));
            CallHelper(HelperId.Loop);
            FreshNumbers(8);
            return;
        }
        else
        {
            Add(Alu(AluOp.Mov, Register.R1, Register.R6));
            Add(Alu(AluOp.Mov, Register.R2, Register.R7));
            Add(Alu(AluOp.Mov, Register.R3, Register.R9));
            Add(Alu(AluOp.Mov, Register.R4, Register.R10));
            Add(Alu(AluOp.Mov, Register.R5, _random.Next(8)));
            Calls.Add(_code.Count);
            Add(new Instruction(Opcode.Jump(JumpOp.Call, true, false), 0, (Register)CallKind.Local, 0, function));
        }
        if (_random.Next(4) == 0)
            FreshNumbers(8);
        else
            Add(Alu(AluOp.And, Register.R0, 63));
    }

    private void LoadMap(Register register, int map)
    {
        Add(new Instruction(Opcode.WideLoad, register, (Register)WideLoadKind.MapIndex, 0, map));
        Add(Instruction.WideTail);
    }

    private void CallHelper(HelperId helper) => Add(new Instruction(Opcode.Jump(JumpOp.Call, true, false), 0, 0, 0, (int)helper));

    private void Aim(int body)
    {
        int[] starts = [.. Enumerable.Range(body, _code.Count - body).Where(slot => slot == body || !_code[slot - 1].Opcode.IsWideLoad)];
        for (int slot = body; slot < _code.Count; slot++)
        {
            Instruction instruction = _code[slot];
            if (instruction.Opcode.IsJump && !instruction.IsCall && !instruction.IsExit)
                _code[slot] = instruction with { Offset = (short)(starts[_random.Next(starts.Length)] - slot - 1) };
        }
    }

    private void Add(Instruction instruction) => _code.Add(instruction);

    private Register Number() => (Register)_random.Next(4);

    private Register Pointer() => Pick(Register.R6, Register.R6, Register.R7, Register.R8);

    private short Near() => (short)(_random.Next(16) == 0 ? _random.Next(-6, 34) : _random.Next(12));

    private AccessSize Size() => Pick(AccessSize.Byte, AccessSize.Half, AccessSize.Word, AccessSize.Double);

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];

    // Jumps stand with their kind and no distance until all is written.
    private static Instruction Jump(JumpOp op, Register number, int value, bool is64) => new(Opcode.Jump(op, is64, false), number, 0, 0, value);

    private static Instruction Alu(AluOp op, Register dst, Register src, bool is64 = true) => new(Opcode.Alu(op, is64, true), dst, src, 0, 0);

    private static Instruction Alu(AluOp op, Register dst, int value, bool is64 = true) =>
        new(Opcode.Alu(op, is64, false), dst, 0, 0, op is AluOp.Lsh or AluOp.Rsh ? value & 31 : value);

    private static Instruction Load(AccessSize size, Register dst, Register pointer, short offset) =>
        new(Opcode.Memory(OpcodeClass.Ldx, AccessMode.Mem, size), dst, pointer, offset, 0);

    private static Instruction Store(AccessSize size, Register pointer, Register src, short offset) =>
        new(Opcode.Memory(OpcodeClass.Stx, AccessMode.Mem, size), pointer, src, offset, 0);
}
