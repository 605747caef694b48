using System.Reflection.Emit;
using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

internal sealed unsafe partial class FunctionEmitter
{
    private void EmitArithmetic(int slot, Instruction instruction, AbstractState state)
    {
        bool isDivision = instruction.Opcode.AluOp is AluOp.Div or AluOp.Mod;
        bool is64 = isDivision ? !instruction.Opcode.Is32 : !WordRegisters.IsWord(instruction, _narrow);
        switch (instruction.Opcode.AluOp)
        {
            case AluOp.End:
                EmitByteSwap(instruction, is64);
                break;
            case AluOp.Mov:
                EmitMove(instruction, is64);
                break;
            case AluOp.Neg:
                Operand(instruction.Dst, is64);
                _il.Emit(OpCodes.Neg);
                Result(instruction.Dst, is64);
                break;
            case AluOp.Div or AluOp.Mod:
                EmitDivision(slot, instruction, is64, state);
                break;
            case AluOp.Lsh or AluOp.Rsh or AluOp.Arsh:
                Operand(instruction.Dst, is64);
                ShiftCount(instruction, is64);
                _il.Emit(instruction.Opcode.AluOp switch { AluOp.Lsh => OpCodes.Shl, AluOp.Rsh => OpCodes.Shr_Un, _ => OpCodes.Shr });
                Result(instruction.Dst, is64);
                break;
            default:
                Operand(instruction.Dst, is64);
                Source(instruction, is64);
                _il.Emit(instruction.Opcode.AluOp switch
                {
                    AluOp.Add => OpCodes.Add,
                    AluOp.Sub => OpCodes.Sub,
                    AluOp.Mul => OpCodes.Mul,
                    AluOp.Or => OpCodes.Or,
                    AluOp.And => OpCodes.And,
                    _ => OpCodes.Xor,
                });
                Result(instruction.Dst, is64);
                break;
        }
    }

    /// <summary>Pushes a register as 64 bits or its low half as 32.</summary>
    private void Operand(Register register, bool is64)
    {
        if (is64)
            Get(register);
        else
            GetWord(register);
    }

    /// <summary>Pushes the second operand, register or immediate.</summary>
    private void Source(Instruction instruction, bool is64)
    {
        if (instruction.Opcode.UsesRegister)
            Operand(instruction.Src, is64);
        else
            Constant(instruction.Immediate, is64);
    }

    private void Constant(long value, bool is64)
    {
        if (is64)
            _il.Emit(OpCodes.Ldc_I8, value);
        else
            _il.Emit(OpCodes.Ldc_I4, (int)value);
    }

    /// <summary>Pops the result into a register; 32-bit results clear the upper half.</summary>
    private void Result(Register register, bool is64)
    {
        if (is64)
            Set(register);
        else
            SetWord(register);
    }

    private void ShiftCount(Instruction instruction, bool is64)
    {
        int mask = is64 ? 63 : 31;
        if (!instruction.Opcode.UsesRegister)
        {
            _il.Emit(OpCodes.Ldc_I4, instruction.Imm32 & mask);
            return;
        }
        GetWord(instruction.Src);
        _il.Emit(OpCodes.Ldc_I4, mask);
        _il.Emit(OpCodes.And);
    }

    private void EmitMove(Instruction instruction, bool is64)
    {
        Source(instruction, is64);
        if (instruction.Offset != 0)
        {
            _il.Emit(instruction.Offset switch { 8 => OpCodes.Conv_I1, 16 => OpCodes.Conv_I2, _ => OpCodes.Conv_I4 });
            if (is64)
                _il.Emit(OpCodes.Conv_I8);
        }
        Result(instruction.Dst, is64);
    }

    private void EmitByteSwap(Instruction instruction, bool is64)
    {
        bool swaps = !instruction.Opcode.Is32 || instruction.Opcode.UsesRegister;
        Operand(instruction.Dst, is64);
        if (instruction.Imm32 == 16)
            _il.Emit(OpCodes.Conv_U2);
        if (swaps)
            _il.Emit(OpCodes.Call, JitMethods.ByteSwap(instruction.Imm32));
        Result(instruction.Dst, is64);
    }

    // Division by zero gives 0, modulo by zero leaves the number; the least number divided by -1 stays what it is (RFC 9669, section 4.1).
    private void EmitDivision(int slot, Instruction instruction, bool is64, AbstractState state)
    {
        var division = Division.Of(instruction, state);
        bool isMod = instruction.Opcode.AluOp == AluOp.Mod;
        if (division.IsPlain)
        {
            Divide(slot, instruction, division);
            Result(instruction.Dst, division.IsWide);
            return;
        }
        Label byZero = _il.DefineLabel();
        Label byMinusOne = _il.DefineLabel();
        Label done = _il.DefineLabel();
        WidenWords(); // the ways on meet with every register as it is between blocks
        uint known = _known;
        Source(instruction, is64);
        _il.Emit(OpCodes.Brfalse, byZero);
        if (division.IsSigned)
        {
            Source(instruction, is64);
            Constant(-1, is64);
            _il.Emit(OpCodes.Beq, byMinusOne);
        }
        Divide(slot, instruction, division);
        Finish();
        if (division.IsSigned)
        {
            _il.MarkLabel(byMinusOne);
            if (isMod)
            {
                Constant(0, is64);
            }
            else
            {
                Operand(instruction.Dst, is64);
                _il.Emit(OpCodes.Neg);
            }
            Finish();
        }
        _il.MarkLabel(byZero);
        if (isMod)
            Operand(instruction.Dst, is64);
        else
            Constant(0, is64);
        Finish();
        _il.MarkLabel(done);
        _known = known & ~Bit(instruction.Dst);

        void Finish()
        {
            _il.Emit(OpCodes.Conv_U8);
            Set(instruction.Dst);
            _known = known;
            _il.Emit(OpCodes.Br, done);
        }
    }

    // Where both numbers are proved to have 32 bits, a division of 32 bits is exact, and has no upper halves to lose (see Widened).
    private void Divide(int slot, Instruction instruction, Division division)
    {
        if (!division.IsWide && _reciprocals.TryGetValue(slot, out (LocalBuilder Divisor, LocalBuilder Reciprocal) kept))
        {
            DivideByReciprocal(instruction, kept.Divisor, kept.Reciprocal);
            return;
        }
        bool widened = !division.IsWide && instruction.Opcode.UsesRegister && !division.IsShort && !(IsKnown(instruction.Dst) && IsKnown(instruction.Src));
        if (widened)
        {
            Widened(instruction.Dst, division.IsSigned);
            Widened(instruction.Src, division.IsSigned);
        }
        else
        {
            Operand(instruction.Dst, division.IsWide);
            Source(instruction, division.IsWide);
        }
        if (instruction.Opcode.AluOp == AluOp.Mod)
            _il.Emit(division.IsSigned ? OpCodes.Rem : OpCodes.Rem_Un);
        else
            _il.Emit(division.IsSigned ? OpCodes.Div : OpCodes.Div_Un);
        if (widened)
            _il.Emit(OpCodes.Conv_U4);
    }

    /// <summary>Pushes the lower half of a register extended to 64 bits, for operations that need operands in fixed machine registers.</summary>
    /// <remarks>
    /// A plain narrowing would do, but .NET 10 makes it a 32-bit use of the 64-bit variable, and where the operation claims that variable's
    /// machine register, moves the variable elsewhere by that use: its upper half is lost. Found by random programs.
    /// </remarks>
    private void Widened(Register register, bool signed)
    {
        Get(register);
        if (!signed)
        {
            _il.Emit(OpCodes.Ldc_I8, (long)uint.MaxValue);
            _il.Emit(OpCodes.And);
            return;
        }
        _il.Emit(OpCodes.Ldc_I4, 32);
        _il.Emit(OpCodes.Shl);
        _il.Emit(OpCodes.Ldc_I4, 32);
        _il.Emit(OpCodes.Shr);
    }
}
