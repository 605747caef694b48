using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>Which registers and stack cells hold what some place held at a loop's start, plus a constant.</summary>
/// <remarks>A place is a register's number or, below 0, a cell's offset.</remarks>
internal sealed class LoopSymbols
{
    private readonly Dictionary<(int Offset, int Size), (int Origin, long Step)> _cells = [];
    private readonly (int Origin, long Step)?[] _registers = new (int, long)?[10];

    /// <summary>Every number is itself.</summary>
    public static LoopSymbols Start(FactState state)
    {
        var symbols = new LoopSymbols();
        for (int i = 0; i < 10; i++)
        {
            if (state.Registers[i].Kind == RegisterKind.Scalar)
                symbols._registers[i] = (i, 0);
        }
        foreach (ref StackCell cell in state.Cells)
        {
            if (cell.Size >= 4 && cell.Value.Kind == RegisterKind.Scalar)
                symbols._cells[(cell.Offset, cell.Size)] = (cell.Offset, 0);
        }
        return symbols;
    }

    /// <summary>Places that hold what they held at the start plus a constant.</summary>
    public IEnumerable<(int Place, int Size, long Step)> Moved()
    {
        for (int i = 0; i < 10; i++)
        {
            if (_registers[i] is { } symbol && symbol.Origin == i)
                yield return (i, 8, symbol.Step);
        }
        foreach (((int offset, int size), (int origin, long step)) in _cells)
        {
            if (origin == offset)
                yield return (offset, size, step);
        }
    }

    /// <summary>A copy that goes its own way.</summary>
    public LoopSymbols Clone()
    {
        var copy = new LoopSymbols();
        _registers.CopyTo(copy._registers, 0);
        foreach (((int, int) key, (int, long) value) in _cells)
            copy._cells[key] = value;
        return copy;
    }

    /// <summary>Keeps what holds here and there.</summary>
    /// <returns>True when something was lost.</returns>
    public bool JoinWith(LoopSymbols other)
    {
        bool changed = false;
        for (int i = 0; i < 10; i++)
        {
            if (_registers[i] is null || _registers[i] == other._registers[i])
                continue;
            _registers[i] = null;
            changed = true;
        }
        foreach ((int Offset, int Size) key in _cells.Keys.ToList())
        {
            if (other._cells.TryGetValue(key, out (int, long) value) && value == _cells[key])
                continue;
            _cells.Remove(key);
            changed = true;
        }
        return changed;
    }

    /// <summary>Follows an instruction.</summary>
    /// <param name="instruction">The instruction.</param>
    /// <param name="before">What is known before it.</param>
    /// <param name="after">What is known behind it.</param>
    public void Apply(Instruction instruction, FactState before, FactState after)
    {
        Opcode opcode = instruction.Opcode;
        if (opcode.IsAlu)
            _registers[(int)instruction.Dst] = Computed(instruction, before);
        else if (instruction.IsCall || (opcode.Class == OpcodeClass.Ld && !opcode.IsWideLoad))
            Array.Clear(_registers, 0, 6);
        else if (opcode.Class == OpcodeClass.Ldx || opcode.IsWideLoad)
            _registers[(int)instruction.Dst] = opcode is { Class: OpcodeClass.Ldx, Mode: AccessMode.Mem } ? Loaded(instruction, before) : null;
        else if (opcode.Class == OpcodeClass.Stx && opcode.Mode == AccessMode.Atomic)
            (_registers[0], _registers[(int)instruction.Src % 10], _registers[(int)instruction.Dst % 10]) = (null, null, null);
        else if (opcode.Class is OpcodeClass.Stx or OpcodeClass.St)
            Store(instruction, before);
        foreach ((int Offset, int Size) key in _cells.Keys.ToList())
        {
            if (!IsCell(after, key))
                _cells.Remove(key);
        }
    }

    private (int, long)? Computed(Instruction instruction, FactState before)
    {
        Opcode opcode = instruction.Opcode;
        RegisterState dst = before[instruction.Dst];
        if (opcode.AluOp == AluOp.Mov)
        {
            bool copies = opcode.UsesRegister && instruction.Offset == 0 && instruction.Src != Register.R10
                && (!opcode.Is32 || before[instruction.Src] is { Kind: RegisterKind.Scalar, UMax: <= uint.MaxValue });
            return copies ? _registers[(int)instruction.Src] : null;
        }
        if (opcode.AluOp is not (AluOp.Add or AluOp.Sub) || _registers[(int)instruction.Dst] is not { } symbol)
            return null;
        RegisterState src = opcode.UsesRegister ? before[instruction.Src] : RegisterState.Constant((ulong)instruction.Immediate);
        if (!src.IsConstant)
            return null;
        long step = opcode.Is32 ? (int)src.Var.Value : (long)src.Var.Value;
        if (step is <= int.MinValue or > int.MaxValue)
            return null;
        if (opcode.AluOp == AluOp.Sub)
            step = -step;
        // A 32-bit sum is the sum where it does not wrap.
        bool wraps = opcode.Is32 && (dst.UMax > uint.MaxValue || (step < 0 ? dst.UMin < (ulong)-step : dst.UMax + (ulong)step > uint.MaxValue));
        return wraps ? null : (symbol.Origin, symbol.Step + step);
    }

    private (int, long)? Loaded(Instruction instruction, FactState before) =>
        before[instruction.Src] is { Kind: RegisterKind.Stack, FrameNumber: 0, Var.IsConst: true } pointer
            && _cells.TryGetValue(((int)(long)pointer.Var.Value + instruction.Offset, instruction.Opcode.SizeInBytes), out (int, long) symbol)
        ? symbol
        : null;

    private void Store(Instruction instruction, FactState before)
    {
        if (before[instruction.Dst] is not { Kind: RegisterKind.Stack, FrameNumber: 0, Var.IsConst: true } pointer)
            return;
        int offset = (int)(long)pointer.Var.Value + instruction.Offset, size = instruction.Opcode.SizeInBytes;
        foreach ((int Offset, int Size) key in _cells.Keys.ToList())
        {
            if (key.Offset < offset + size && offset < key.Offset + key.Size)
                _cells.Remove(key);
        }
        bool fits = instruction.Opcode.Class == OpcodeClass.Stx && instruction.Src != Register.R10
            && before[instruction.Src] is { Kind: RegisterKind.Scalar } value && (size == 8 || value.Width <= size * 8);
        if (fits && size >= 4 && _registers[(int)instruction.Src] is { } symbol)
            _cells[(offset, size)] = symbol;
    }

    private static bool IsCell(FactState state, (int Offset, int Size) key)
    {
        foreach (ref StackCell cell in state.Cells)
        {
            if (cell.Offset == key.Offset && cell.Size == key.Size)
                return true;
        }
        return false;
    }
}
