using System.Buffers.Binary;
using System.Numerics;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>Which bits of each register anything later may depend on, found backward from loads, stores, jumps, calls and exits.</summary>
internal sealed class DemandedBits
{
    private const ulong All = ulong.MaxValue;
    private const ulong LowHalf = uint.MaxValue;
    private const int Registers = 11;

    private readonly ProgramSpec _program;
    private readonly Instruction[] _code;
    private readonly ControlFlow _flow;
    private readonly FactGraph _graph;
    private readonly Func<int, bool> _isReached;
    private readonly ulong[][] _before;
    private readonly ulong[][] _starts;
    private readonly ulong[] _results;

    public DemandedBits(ProgramSpec program, ControlFlow flow, FactGraph graph, Func<int, bool> isReached)
    {
        (_program, _code, _flow, _graph, _isReached) = (program, program.Instructions, flow, graph, isReached);
        _before = new ulong[_code.Length][];
        for (int i = 0; i < _code.Length; i++)
            _before[i] = new ulong[Registers];
        _starts = [.. Enumerable.Range(0, flow.Count).Select(_ => new ulong[Registers])];
        _results = new ulong[flow.Count];
        FindReturns();
        while (Round())
        {
        }
    }

    /// <summary>The bits of R0 to R10 before each slot.</summary>
    public ulong[] Before(int slot) => _before[slot];

    /// <summary>The bits of a register behind an instruction.</summary>
    public ulong After(int slot, Register register)
    {
        Span<ulong> after = stackalloc ulong[Registers];
        Join(slot, after);
        return after[(int)register];
    }

    // What a caller makes of a result is not followed for functions called back: a helper compares all of it.
    private void FindReturns()
    {
        _results[0] = LowHalf;
        for (int slot = 0; slot < _code.Length; slot += _code[slot].Slots)
        {
            if (_code[slot].Opcode.IsWideLoad && _code[slot].WideLoadKind == WideLoadKind.Function)
                _results[_flow.Find(slot + 1 + _code[slot].Imm32)] = All;
        }
    }

    private bool Round()
    {
        bool changed = false;
        Span<ulong> live = stackalloc ulong[Registers];
        for (int i = _graph.Ordered.Length - 1; i >= 0; i--)
        {
            FactBlock block = _graph.Ordered[i];
            Join(block.Last, live);
            foreach (int slot in Backward(block))
            {
                if (!_isReached(slot))
                    continue;
                Undo(slot, live, ref changed);
                changed |= !live.SequenceEqual(_before[slot]);
                live.CopyTo(_before[slot]);
            }
            if (_flow.Starts[block.Function] == block.Start)
                live.CopyTo(_starts[block.Function]);
        }
        return changed;
    }

    private IEnumerable<int> Backward(FactBlock block)
    {
        for (int slot = block.Last; slot >= block.Start; slot--)
        {
            // The second slot of a wide load is no instruction.
            if (slot > block.Start && _code[slot - 1].Opcode.IsWideLoad)
                continue;
            yield return slot;
        }
    }

    private void Join(int slot, Span<ulong> after)
    {
        after.Clear();
        (int next, int target) = _graph.Successors(slot);
        Add(next, after);
        Add(target, after);
    }

    private void Add(int successor, Span<ulong> after)
    {
        if (successor < 0 || successor >= _code.Length)
            return;
        for (int i = 0; i < Registers; i++)
            after[i] |= _before[successor][i];
    }

    // Turns what is needed behind an instruction into what is needed before it.
    private void Undo(int slot, Span<ulong> live, ref bool changed)
    {
        Instruction instruction = _code[slot];
        Opcode opcode = instruction.Opcode;
        int dst = (int)instruction.Dst, src = (int)instruction.Src;
        ulong stored = opcode.SizeInBytes == 8 ? All : (1UL << (opcode.SizeInBytes * 8)) - 1;
        switch (opcode.Class)
        {
            case OpcodeClass.Alu or OpcodeClass.Alu64:
                Arithmetic(instruction, live);
                break;
            case OpcodeClass.Ldx:
                live[dst] = 0;
                live[src] = All;
                break;
            case OpcodeClass.St:
                live[dst] = All;
                break;
            case OpcodeClass.Stx when opcode.Mode == AccessMode.Atomic:
                Atomic(instruction, stored, live);
                break;
            case OpcodeClass.Stx:
                live[src] |= stored;
                live[dst] = All;
                break;
            case OpcodeClass.Ld when opcode.IsWideLoad:
                live[dst] = 0;
                break;
            case OpcodeClass.Ld:
                live[..6].Clear();
                live[(int)Register.R6] = All;
                if (opcode.Mode == AccessMode.Ind)
                    live[src] |= LowHalf;
                break;
            default:
                Jump(instruction, slot, live, ref changed);
                break;
        }
    }

    private static void Atomic(Instruction instruction, ulong stored, Span<ulong> live)
    {
        int dst = (int)instruction.Dst, src = (int)instruction.Src;
        var op = (AtomicOp)instruction.Imm32;
        if (op == AtomicOp.LoadAcquire)
        {
            live[dst] = 0;
            live[src] = All;
            return;
        }
        if (op == AtomicOp.CompareExchange)
            live[0] = stored;
        else if (op != AtomicOp.StoreRelease && (instruction.Imm32 & (int)AtomicOp.Fetch) != 0)
            live[src] = 0;
        live[src] |= stored;
        live[dst] = All;
    }

    private void Jump(Instruction instruction, int slot, Span<ulong> live, ref bool changed)
    {
        Opcode opcode = instruction.Opcode;
        switch (opcode.JumpOp)
        {
            case JumpOp.Ja or JumpOp.Jcond:
                break;
            case JumpOp.Exit:
                live.Clear();
                live[0] = _results[_flow.Containing(slot)];
                break;
            case JumpOp.Call:
                Call(instruction, slot, live, ref changed);
                break;
            default:
                ulong compared = opcode.Is32 ? LowHalf : All;
                if (opcode.JumpOp == JumpOp.Jset && !opcode.UsesRegister)
                    compared &= (ulong)instruction.Immediate;
                live[(int)instruction.Dst] |= compared;
                if (opcode.UsesRegister)
                    live[(int)instruction.Src] |= compared;
                break;
        }
    }

    private void Call(Instruction instruction, int slot, Span<ulong> live, ref bool changed)
    {
        ulong result = live[0];
        live[..6].Clear();
        if (instruction.CallKind == CallKind.Local)
        {
            int callee = _flow.Find(slot + 1 + instruction.Imm32);
            changed |= (result & ~_results[callee]) != 0;
            _results[callee] |= result;
            for (int i = 1; i <= 5; i++)
                live[i] = _starts[callee][i];
            return;
        }
        int arguments = instruction.CallKind == CallKind.Helper && HelperPrototypes.Find((HelperId)instruction.Imm32, _program.Type) is { } prototype
            ? prototype.Arguments.Length
            : 5;
        for (int i = 1; i <= arguments; i++)
            live[i] = All;
    }

    private static void Arithmetic(Instruction instruction, Span<ulong> live)
    {
        Opcode opcode = instruction.Opcode;
        AluOp op = opcode.AluOp;
        ref ulong dst = ref live[(int)instruction.Dst];
        ulong needed = opcode.Is32 ? dst & LowHalf : dst;
        int width = opcode.Is32 ? 32 : 64;
        ulong all = opcode.Is32 ? LowHalf : All;
        if (op == AluOp.Mov)
        {
            dst = 0;
            if (opcode.UsesRegister)
                live[(int)instruction.Src] |= Extended(needed, instruction.Offset);
            return;
        }
        if (op == AluOp.End)
        {
            // Its class says which order, not which width.
            dst = Swapped(dst, instruction.Imm32, !opcode.Is32 || opcode.UsesRegister);
            return;
        }
        if (needed == 0)
        {
            dst = 0;
            return;
        }
        ulong own = needed, other = needed;
        bool isConstant = !opcode.UsesRegister;
        ulong constant = (ulong)instruction.Immediate;
        switch (op)
        {
            case AluOp.Add or AluOp.Sub or AluOp.Mul or AluOp.Neg:
                own = other = UpTo(needed);
                break;
            case AluOp.And when isConstant:
                own = needed & constant;
                break;
            case AluOp.Or when isConstant:
                own = needed & ~constant;
                break;
            case AluOp.And or AluOp.Or or AluOp.Xor:
                break;
            case AluOp.Lsh or AluOp.Rsh or AluOp.Arsh when isConstant:
                own = Unshifted(needed, op, (int)constant & (width - 1), width);
                break;
            case AluOp.Lsh:
                (own, other) = (UpTo(needed), (ulong)width - 1);
                break;
            case AluOp.Rsh or AluOp.Arsh:
                (own, other) = (all & ~((1UL << BitOperations.TrailingZeroCount(needed)) - 1), (ulong)width - 1);
                break;
            default:
                own = other = all;
                break;
        }
        dst = own;
        if (opcode.UsesRegister && op != AluOp.Neg)
            live[(int)instruction.Src] |= other;
    }

    // Carries run upward: a bit of a sum depends on the bits below it.
    private static ulong UpTo(ulong needed) => needed == 0 ? 0 : All >> BitOperations.LeadingZeroCount(needed);

    private static ulong Extended(ulong needed, int bits)
    {
        if (bits is 0 or >= 64 || needed == 0)
            return needed;
        ulong low = (1UL << bits) - 1;
        return (needed & low) | ((needed & ~low) != 0 ? 1UL << (bits - 1) : 0);
    }

    private static ulong Swapped(ulong needed, int width, bool swaps)
    {
        ulong kept = width == 64 ? needed : needed & ((1UL << width) - 1);
        return !swaps ? kept : BinaryPrimitives.ReverseEndianness(kept) >> (64 - width);
    }

    private static ulong Unshifted(ulong needed, AluOp op, int distance, int width)
    {
        ulong all = width == 32 ? LowHalf : All;
        if (op == AluOp.Lsh)
            return needed >> distance;
        ulong moved = (needed << distance) & all;
        bool needsSign = op == AluOp.Arsh && distance > 0 && needed >> (width - distance) != 0;
        return needsSign ? moved | (1UL << (width - 1)) : moved;
    }
}
