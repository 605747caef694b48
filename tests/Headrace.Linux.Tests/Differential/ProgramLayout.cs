using Headrace.Bytecode;
using static Headrace.Bytecode.Register;

namespace Headrace.Linux.Tests.Differential;

/// <summary>Puts a random program's statements one behind the other, with what comes before and after them, and resolves jumps and calls.</summary>
/// <remarks>
/// Between statements of the body R6 is the context, R7 the packet with <see cref="PacketProven"/> bytes proved, R8 a value of the array
/// with <see cref="RandomMaps.Scratch"/> bytes to use, and R0 to R5 and R9 are numbers. In functions all of R0 to R9 are numbers. The
/// <see cref="StackBytes"/> below the frame pointer are numbers too; loop counters lie under them.
/// </remarks>
internal sealed class ProgramLayout
{
    /// <summary>Bytes of the packet that statements may touch.</summary>
    public const int PacketProven = 48;

    /// <summary>Bytes of stack that statements may touch.</summary>
    public const int StackBytes = 64;

    /// <summary>Where the counter of a loop lies that has <paramref name="depth"/> loops around it.</summary>
    public static int CounterOffset(int depth) => -StackBytes - 8 * (depth + 1);

    private readonly List<Instruction> _code = [];
    private readonly List<(int Slot, int Function)> _calls = [];

    public Instruction[] Build(RandomProgram program)
    {
        Enter();
        Emit(program.Body);
        Leave();
        var starts = new int[program.Functions.Length];
        for (int i = 0; i < program.Functions.Length; i++)
        {
            // A function that nobody calls is dead code, which the kernel refuses.
            if (!_calls.Any(call => call.Function == i))
                continue;
            starts[i] = _code.Count;
            EnterFunction();
            Emit(program.Functions[i]);
            LeaveFunction();
        }
        foreach ((int slot, int function) in _calls)
            _code[slot] = Code.CallLocal(starts[function] - slot - 1);
        return [.. _code];
    }

    private void Enter()
    {
        _code.AddRange(
        [
            Code.Mov(R6, R1),
            Code.Load(AccessSize.Word, R7, R6, 0),
            Code.Load(AccessSize.Word, R2, R6, 4),
            Code.Mov(R1, R7),
            Code.Alu(AluOp.Add, R1, PacketProven),
            Code.Jump(JumpOp.Jle, R1, R2, 2),
            Code.Mov(R0, (long)XdpAction.Pass),
            Code.Exit,
            Code.Store(AccessSize.Word, R10, -4, 0),
            Code.Mov(R2, R10),
            Code.Alu(AluOp.Add, R2, -4),
            .. Code.Wide(R1, RandomMaps.Array, WideLoadKind.MapIndex),
            Code.Call(HelperId.MapLookupElem),
            Code.Jump(JumpOp.Jne, R0, 0, 1),
            Code.Exit,
            Code.Mov(R8, R0),
            .. Code.Wide(R9, 0x0123_4567_89ab_cdef),
            Code.Load(AccessSize.Double, R0, R7, 0),
            Code.Load(AccessSize.Word, R1, R7, 12),
            Code.Load(AccessSize.Double, R2, R7, 20),
            Code.Load(AccessSize.Half, R3, R7, 30),
            Code.Mov(R4, -1),
            Code.Load(AccessSize.Byte, R5, R7, 40),
        ]);
        Register[] firsts = [R0, R1, R2, R9];
        for (int offset = 8; offset <= StackBytes; offset += 8)
            _code.Add(Code.Store(AccessSize.Double, R10, -offset, firsts[offset / 8 % firsts.Length]));
    }

    // Everything a program computed shows: registers in the array, registers and stack together in R9, R9 in the packet and folded into R0.
    private void Leave()
    {
        Register[] numbers = [R0, R1, R2, R3, R4, R5, R9];
        for (int i = 0; i < numbers.Length; i++)
            _code.Add(Code.Store(AccessSize.Double, R8, RandomMaps.Scratch + 8 * i, numbers[i]));
        Mix(numbers[..^1], R9);
        MixStack(R9);
        _code.AddRange(
        [
            Code.Store(AccessSize.Double, R8, RandomMaps.Scratch + 8 * numbers.Length, R9),
            Code.Store(AccessSize.Double, R7, PacketProven - 8, R9),
            Code.Mov(R0, R9),
            Code.Alu(AluOp.Rsh, R0, 32),
            Code.Alu(AluOp.Xor, R0, R9),
            Code.Exit,
        ]);
    }

    private void EnterFunction()
    {
        _code.AddRange([Code.Mov(R0, 1), Code.Mov(R6, R1), Code.Mov(R7, R2), Code.Mov(R8, 0x7fff_ffff), Code.Mov(R9, -7)]);
        Register[] firsts = [R3, R4, R5];
        for (int offset = 8; offset <= StackBytes; offset += 8)
            _code.Add(Code.Store(AccessSize.Double, R10, -offset, firsts[offset / 8 % firsts.Length]));
    }

    private void LeaveFunction()
    {
        Mix([R1, R2, R3, R4, R5, R6, R7, R8, R9], R0);
        MixStack(R0);
        _code.Add(Code.Exit);
    }

    private void Mix(ReadOnlySpan<Register> numbers, Register into)
    {
        foreach (Register number in numbers)
        {
            _code.Add(Code.Alu(AluOp.Mul, into, 31));
            _code.Add(Code.Alu(AluOp.Xor, into, number));
        }
    }

    private void MixStack(Register into)
    {
        for (int offset = 8; offset <= StackBytes; offset += 8)
        {
            _code.Add(Code.Load(AccessSize.Double, R1, R10, -offset));
            _code.Add(Code.Alu(AluOp.Mul, into, 31));
            _code.Add(Code.Alu(AluOp.Add, into, R1));
        }
    }

    private void Emit(Statement[] statements)
    {
        foreach (Statement statement in statements)
        {
            switch (statement)
            {
                case Statement.Straight straight:
                    _code.AddRange(straight.Instructions);
                    break;
                case Statement.Branch branch:
                    Emit(branch);
                    break;
                case Statement.Loop loop:
                    Emit(loop);
                    break;
                case Statement.Call call:
                    _calls.Add((_code.Count, call.Function));
                    _code.Add(Instruction.WideTail);
                    _code.AddRange(call.Restore);
                    break;
            }
        }
    }

    private void Emit(Statement.Branch branch)
    {
        int jump = _code.Count;
        _code.Add(branch.Jump);
        Emit(branch.NotTaken);
        if (branch.Taken.Length == 0)
        {
            _code[jump] = branch.Jump with { Offset = (short)(_code.Count - jump - 1) };
            return;
        }
        int over = _code.Count;
        _code.Add(Instruction.WideTail);
        _code[jump] = branch.Jump with { Offset = (short)(_code.Count - jump - 1) };
        Emit(branch.Taken);
        int distance = _code.Count - over - 1;
        _code[over] = branch.LongGoto ? Code.LongGoto(distance) : Code.Goto(distance);
    }

    private void Emit(Statement.Loop loop)
    {
        _code.Add(Code.Store(AccessSize.Double, R10, loop.CounterOffset, loop.Count));
        int start = _code.Count;
        Emit(loop.Body);
        _code.Add(Code.Load(AccessSize.Double, R0, R10, loop.CounterOffset));
        _code.Add(Code.Alu(AluOp.Add, R0, -1));
        _code.Add(Code.Store(AccessSize.Double, R10, loop.CounterOffset, R0));
        _code.Add(Code.Jump(JumpOp.Jne, R0, 0, start - _code.Count - 1));
    }
}
