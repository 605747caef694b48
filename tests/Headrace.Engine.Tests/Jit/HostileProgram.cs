using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine.Tests.Jit;

/// <summary>Draws programs that no verifier would take: pointers moved anywhere, accesses where nothing was proved, loops that may not end.</summary>
/// <remarks>
/// R0 to R3 hold numbers, R6 packet pointers, R7 map value pointers or null, R8 what was filled from the stack, R9 the context. Numbers
/// never come from addresses, so that two machines, whose memory is elsewhere, must do the same.
/// </remarks>
internal sealed class HostileProgram(int seed)
{
    private const int ValueSize = 24;
    private const int Statements = 40;

    private readonly Random _random = new(seed);
    private readonly List<Instruction> _code = [];

    /// <summary>The specification of a program named <c>main</c> with its maps.</summary>
    public static CollectionSpec Draw(int seed)
    {
        CollectionSpec spec = TestProgram.Spec("r0 = 0\nexit", maps: [TestProgram.Array("array", ValueSize, 4), TestProgram.Map("hash", MapType.Hash, 4, ValueSize, 4)]);
        for (int i = 0; i < 3; i++)
            spec.Maps["hash"].Entries.Add(new MapEntrySpec([(byte)i, 0, 0, 0], new byte[ValueSize]));
        spec.Programs["main"].Instructions = new HostileProgram(seed).Write();
        return spec;
    }

    private Instruction[] Write()
    {
        Add(Alu(AluOp.Mov, Register.R9, Register.R1));
        Add(Load(AccessSize.Word, Register.R6, Register.R9, 0));
        for (int register = 0; register < 4; register++)
            Add(Alu(AluOp.Mov, (Register)register, _random.Next(64)));
        for (int register = 7; register < 9; register++)
            Add(Alu(AluOp.Mov, (Register)register, Register.R6));
        int body = _code.Count;
        for (int statement = 0; statement < Statements; statement++)
            Statement(body);
        Add(Alu(AluOp.Mov, Register.R0, Register.R1));
        Add(new Instruction(Opcode.Jump(JumpOp.Exit, true, false), 0, 0, 0, 0));
        Aim(body);
        return [.. _code];
    }

    private void Statement(int body)
    {
        switch (_random.Next(14))
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
                // Jumps stand with their kind and no distance until all is written.
                Add(new Instruction(Opcode.Jump(Pick(JumpOp.Jgt, JumpOp.Jle, JumpOp.Jeq, JumpOp.Jne, JumpOp.Jslt), true, false), Number(), 0, 0, _random.Next(40)));
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
            default:
                Add(Load(AccessSize.Double, _random.Next(2) == 0 ? Register.R8 : Register.R7, Register.R10, (short)(-8 * _random.Next(1, 4))));
                break;
        }
    }

    // R1 to R5 are kept whole: what a call leaves in them is nobody's business.
    private void Lookup()
    {
        Add(Store(AccessSize.Word, Register.R10, Number(), -36));
        Add(new Instruction(Opcode.WideLoad, Register.R1, (Register)WideLoadKind.MapIndex, 0, _random.Next(2)));
        Add(Instruction.WideTail);
        Add(Alu(AluOp.Mov, Register.R2, Register.R10));
        Add(Alu(AluOp.Add, Register.R2, -36));
        Add(new Instruction(Opcode.Jump(JumpOp.Call, true, false), 0, 0, 0, (int)HelperId.MapLookupElem));
        Add(Alu(AluOp.Mov, Register.R7, Register.R0));
        for (int register = 0; register < 6; register++)
            Add(Alu(AluOp.Mov, (Register)register, _random.Next(8)));
    }

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

    private static Instruction Alu(AluOp op, Register dst, Register src) => new(Opcode.Alu(op, true, true), dst, src, 0, 0);

    private static Instruction Alu(AluOp op, Register dst, int value, bool is64 = true) =>
        new(Opcode.Alu(op, is64, false), dst, 0, 0, op is AluOp.Lsh or AluOp.Rsh ? value & 31 : value);

    private static Instruction Load(AccessSize size, Register dst, Register pointer, short offset) =>
        new(Opcode.Memory(OpcodeClass.Ldx, AccessMode.Mem, size), dst, pointer, offset, 0);

    private static Instruction Store(AccessSize size, Register pointer, Register src, short offset) =>
        new(Opcode.Memory(OpcodeClass.Stx, AccessMode.Mem, size), pointer, src, offset, 0);
}
