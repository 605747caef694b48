using System.Numerics;
using System.Reflection.Emit;
using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

/// <content>
/// Where a function's registers are. Each has a variable of 64 bits. A register whose upper half is zero may be in a variable of 32 bits
/// instead, so that runs of 32-bit operations need no widening in between and the runtime's compiler sees rotations for what they are; which are
/// so where a block starts, <see cref="WordRegisters"/> says.
/// </content>
internal sealed unsafe partial class FunctionEmitter
{
    private readonly LocalBuilder?[] _registers = new LocalBuilder?[AbstractState.RegisterCount];
    private readonly LocalBuilder?[] _words = new LocalBuilder?[AbstractState.RegisterCount];

    // Registers as bits: those that their word holds, with an upper half of zero, and those of them that are nowhere else.
    private uint _known;
    private uint _narrow;

    /// <summary>Pushes a register as 64 bits.</summary>
    private void Get(Register register)
    {
        if ((_narrow & Bit(register)) == 0)
        {
            _il.Emit(OpCodes.Ldloc, Local(register));
            return;
        }
        _il.Emit(OpCodes.Ldloc, Word(register));
        _il.Emit(OpCodes.Conv_U8);
    }

    /// <summary>Pops 64 bits into a register.</summary>
    private void Set(Register register)
    {
        _il.Emit(OpCodes.Stloc, Local(register));
        _known &= ~Bit(register);
        _narrow &= ~Bit(register);
    }

    /// <summary>Pushes a register's lower half as 32 bits.</summary>
    private void GetWord(Register register)
    {
        if (IsKnown(register))
        {
            _il.Emit(OpCodes.Ldloc, Word(register));
            return;
        }
        _il.Emit(OpCodes.Ldloc, Local(register));
        _il.Emit(OpCodes.Conv_U4);
    }

    /// <summary>Pops 32 bits into a register, whose upper half becomes zero.</summary>
    private void SetWord(Register register)
    {
        _il.Emit(OpCodes.Stloc, Word(register));
        _known |= Bit(register);
        _narrow |= Bit(register);
    }

    /// <summary>True when <see cref="GetWord"/> pushes a variable of 32 bits; the upper half is zero.</summary>
    private bool IsKnown(Register register) => (_known & Bit(register)) != 0;

    /// <summary>Brings every register into its 64 bits. Words stay good to read.</summary>
    private void WidenWords() => Widen(_narrow);

    /// <summary>Brings registers to where a block that comes next expects them; where there are two, for each in turn.</summary>
    private void WidenFor(BasicBlock next)
    {
        uint expected = _wordRegisters.At(next);
        if ((expected & ~_known) != 0)
            throw new InvalidOperationException($"program '{_program.Name}': the compiler lost track of registers {expected & ~_known:x} in front of instruction {next.Start}");
        Widen(_narrow & ~expected);
    }

    /// <summary>Goes to where a run ends with its answer in R0: in the burst form its word is the verdict.</summary>
    private void Leave()
    {
        if (_mode != Mode.Burst)
        {
            Widen(_narrow & Bit(Register.R0));
        }
        else if (!IsKnown(Register.R0))
        {
            GetWord(Register.R0);
            _il.Emit(OpCodes.Stloc, Word(Register.R0));
        }
        _il.Emit(OpCodes.Br, _exit);
    }

    private void Widen(uint registers)
    {
        for (uint left = registers; left != 0; left &= left - 1)
        {
            var register = (Register)BitOperations.TrailingZeroCount(left);
            _il.Emit(OpCodes.Ldloc, Word(register));
            _il.Emit(OpCodes.Conv_U8);
            _il.Emit(OpCodes.Stloc, Local(register));
        }
        _narrow &= ~registers;
    }

    private static uint Bit(Register register) => 1u << (int)register;

    private LocalBuilder Local(Register register) => _registers[(int)register] ??= _il.DeclareLocal(typeof(ulong));

    private LocalBuilder Word(Register register) => _words[(int)register] ??= _il.DeclareLocal(typeof(uint));
}
