using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

/// <content>What is worth doing in loops only.</content>
internal sealed unsafe partial class FunctionEmitter
{
    private const int MostConstants = 8;

    // Loops by their first and last slots, as backward jumps tell.
    private readonly List<(int Start, int Last)> _loopRanges = [];
    private readonly Dictionary<long, LocalBuilder> _constants = [];
    private readonly Dictionary<int, (LocalBuilder Divisor, LocalBuilder Reciprocal)> _reciprocals = [];

    /// <summary>Finds the program's loops, and gives what they use again and again variables that are set once a burst.</summary>
    private void PrepareLoops()
    {
        if (_mode != Mode.Burst)
            return;
        foreach (BasicBlock block in _flow.Blocks)
        {
            if (block.Target is { } target && target.Start <= block.Last)
                _loopRanges.Add((target.Start, block.Last));
        }
        if (_loopRanges.Count == 0)
            return;
        foreach (BasicBlock block in _flow.Blocks)
        {
            for (int slot = block.Start; slot < block.End; slot += _facts.Instructions[slot].Slots)
                Prepare(_facts.Instructions[slot], slot);
        }
    }

    private void Prepare(Instruction instruction, int slot)
    {
        bool isConstant = instruction is { Opcode.IsWideLoad: true, WideLoadKind: WideLoadKind.Constant } && instruction.Immediate != (int)instruction.Immediate;
        if (isConstant && _constants.Count < MostConstants && !_constants.ContainsKey(instruction.Immediate))
        {
            // The runtime's compiler would write a constant of 64 bits again at every use: it is not to know this one.
            LocalBuilder constant = _il.DeclareLocal(typeof(ulong));
            _constants.Add(instruction.Immediate, constant);
            LoadField(_state, nameof(MachineState.Zero));
            _il.Emit(OpCodes.Ldc_I8, instruction.Immediate);
            _il.Emit(OpCodes.Xor);
            _il.Emit(OpCodes.Stloc, constant);
        }
        bool isDivision = instruction.Opcode.Class is OpcodeClass.Alu or OpcodeClass.Alu64
            && instruction.Opcode.AluOp is AluOp.Div or AluOp.Mod && instruction.Opcode.UsesRegister && instruction.Offset == 0;
        if (!isDivision || !Bmi2.X64.IsSupported || !_loopRanges.Exists(loop => loop.Start <= slot && slot <= loop.Last && IsInvariant(instruction.Src, loop)))
            return;
        LocalBuilder divisor = _il.DeclareLocal(typeof(uint));
        _reciprocals.Add(slot, (divisor, _il.DeclareLocal(typeof(ulong))));
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Stloc, divisor);
        _il.Emit(OpCodes.Ldc_I8, 0L);
        _il.Emit(OpCodes.Stloc, _reciprocals[slot].Reciprocal);
    }

    private bool IsInvariant(Register register, (int Start, int Last) loop)
    {
        for (int slot = loop.Start; slot <= loop.Last; slot += _facts.Instructions[slot].Slots)
        {
            Instruction instruction = _facts.Instructions[slot];
            bool writes = instruction.Opcode.Class is OpcodeClass.Alu or OpcodeClass.Alu64 or OpcodeClass.Ld or OpcodeClass.Ldx ? instruction.Dst == register
                : WordRegisters.IsWide(instruction) && (int)register <= JitMethods.ArgumentCount;
            if (writes)
                return false;
        }
        return true;
    }

    /// <summary>
    /// Pushes the quotient or remainder of unsigned 32-bit numbers by a divisor that stays the same in a loop, by its reciprocal: with
    /// c = (2^64 - 1) / d rounded down, n / d is the upper half of c (n + 1).
    /// </summary>
    /// <remarks>
    /// With 2^64 - 1 = c d + r and n = q d + s, c (n + 1) / 2^64 is (q + (s + 1) / d) (1 - (r + 1) / 2^64): below q + 1, and not below q as long as
    /// (n + 1) (r + 1) is at most 2^64, which it is since neither factor is more than 2^32.
    /// </remarks>
    private void DivideByReciprocal(Instruction instruction, LocalBuilder divisor, LocalBuilder reciprocal)
    {
        bool isMod = instruction.Opcode.AluOp == AluOp.Mod;
        Label ready = _il.DefineLabel();
        Label other = Rare(() =>
        {
            GetWord(instruction.Src);
            _il.Emit(OpCodes.Stloc, divisor);
            _il.Emit(OpCodes.Ldc_I8, -1L);
            _il.Emit(OpCodes.Ldloc, divisor);
            _il.Emit(OpCodes.Conv_U8);
            _il.Emit(OpCodes.Div_Un);
            _il.Emit(OpCodes.Stloc, reciprocal);
            _il.Emit(OpCodes.Br, ready);
        });
        GetWord(instruction.Src);
        _il.Emit(OpCodes.Ldloc, divisor);
        _il.Emit(OpCodes.Bne_Un, other);
        _il.MarkLabel(ready);
        if (isMod)
            GetWord(instruction.Dst);
        GetWord(instruction.Dst);
        _il.Emit(OpCodes.Conv_U8);
        _il.Emit(OpCodes.Ldc_I8, 1L);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Ldloc, reciprocal);
        _il.Emit(OpCodes.Call, JitMethods.MultiplyHigh);
        _il.Emit(OpCodes.Conv_U4);
        if (!isMod)
            return;
        _il.Emit(OpCodes.Ldloc, divisor);
        _il.Emit(OpCodes.Mul);
        _il.Emit(OpCodes.Sub);
    }

    // Only the last copy asks whether the loop ends; the counter of each is the first one's and a constant.
    private void EmitCopies(BasicBlock block, CountedLoop loop)
    {
        Instruction add = _facts.Instructions[loop.Add];
        bool is64 = !add.Opcode.Is32;
        LocalBuilder first = _il.DeclareLocal(is64 ? typeof(ulong) : typeof(uint));
        Operand(add.Dst, is64);
        _il.Emit(OpCodes.Stloc, first);
        for (int copy = 1; copy <= loop.Copies; copy++)
        {
            AbstractState state = _provenance.At(block)!.Clone();
            for (int slot = block.Start; slot < block.End; slot += _facts.Instructions[slot].Slots)
            {
                if (slot == loop.Add)
                {
                    _il.Emit(OpCodes.Ldloc, first);
                    Constant(copy * add.Immediate, is64);
                    _il.Emit(OpCodes.Add);
                    Result(add.Dst, is64);
                }
                else if (slot != block.Last || copy == loop.Copies)
                {
                    EmitInstruction(block, slot, state);
                }
                _transfer.Step(state, slot);
            }
        }
    }
}
