using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>What is known of one function's registers and stack at one place, on every path.</summary>
/// <remarks>
/// Pointers carry their whole offset in the variable part, so that joining two is joining numbers. The kind
/// <see cref="RegisterKind.NotInitialized"/> says nothing: a pointer, a number, or never written. <see cref="RegisterState.FrameNumber"/> counts
/// frames upward from the function's own. Equal ids mean equal values; an id is the slot that gave it plus 1, and a slot that gives its id
/// again takes it from whoever had it.
/// </remarks>
internal sealed partial class FactState
{
    /// <summary>A frame that is not known.</summary>
    public const byte UnknownFrame = byte.MaxValue;

    private StackCell[] _cells = [];
    private int _cellCount;

    /// <summary>R0 to R10.</summary>
    public RegisterState[] Registers { get; } = new RegisterState[11];

    /// <summary>Bytes of the packet proved to be there.</summary>
    public int PacketBytes { get; set; }

    /// <summary>The stack's cells, by offset.</summary>
    public Span<StackCell> Cells => _cells.AsSpan(0, _cellCount);

    /// <summary>A register.</summary>
    public ref RegisterState this[Register register] => ref Registers[(int)register];

    /// <summary>A function's start: nothing is known but its own frame.</summary>
    public static FactState Entry()
    {
        var state = new FactState();
        state[Register.R10] = RegisterState.Pointer(RegisterKind.Stack);
        return state;
    }

    /// <summary>A copy that goes its own way.</summary>
    public FactState Clone()
    {
        var copy = new FactState();
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>Takes over what another knows.</summary>
    public void CopyFrom(FactState other)
    {
        Array.Copy(other.Registers, Registers, Registers.Length);
        if (_cells.Length < other._cellCount)
            _cells = new StackCell[other._cells.Length];
        Array.Copy(other._cells, _cells, other._cellCount);
        _cellCount = other._cellCount;
        PacketBytes = other.PacketBytes;
    }

    /// <summary>What a load of stack bytes gives, zero-extended; unknown when they were not written in one piece.</summary>
    public RegisterState ReadStack(int offset, int size)
    {
        foreach (ref StackCell cell in Cells)
        {
            if (cell.Offset > offset || cell.End < offset + size)
                continue;
            if (cell.Offset == offset && cell.Size == size)
                return cell.Value;
            return Part(cell, offset, size);
        }
        return ReadPieces(offset, size);
    }

    // Constants that were written apart are read together.
    private RegisterState ReadPieces(int offset, int size)
    {
        ulong value = 0;
        int next = offset;
        foreach (ref StackCell cell in Cells)
        {
            if (cell.End <= next)
                continue;
            if (cell.Offset > next || !cell.Value.IsConstant)
                return Unknown(size);
            int end = Math.Min(cell.End, offset + size);
            ulong bits = cell.Value.Var.Value >> ((next - cell.Offset) * 8);
            if (end - next < 8)
                bits &= (1UL << ((end - next) * 8)) - 1;
            value |= bits << ((next - offset) * 8);
            next = end;
            if (next == offset + size)
                return RegisterState.Constant(value);
        }
        return Unknown(size);
    }

    /// <summary>Writes a value to the stack; a number is cut to the size by the caller.</summary>
    public void WriteStack(int offset, int size, in RegisterState value)
    {
        ForgetStack(new StackSpan(offset, offset + size));
        Insert(new StackCell(offset, size) { Value = value });
    }

    /// <summary>Forgets what some bytes of the stack hold.</summary>
    public void ForgetStack(StackSpan span)
    {
        for (int i = 0; i < _cellCount; i++)
        {
            if (!_cells[i].Overlaps(span.From, span.To))
                continue;
            StackCell old = _cells[i];
            RemoveAt(i--);
            // What is left of a number on either side is still known.
            if (old.Value.Kind != RegisterKind.Scalar)
                continue;
            if (old.Offset < span.From)
                i += Insert(new StackCell(old.Offset, span.From - old.Offset) { Value = Part(old, old.Offset, span.From - old.Offset) });
            if (old.End > span.To)
                i += Insert(new StackCell(span.To, old.End - span.To) { Value = Part(old, span.To, old.End - span.To) });
        }
    }

    /// <summary>Takes an id from everything that has it.</summary>
    public void DropId(int id)
    {
        foreach (ref RegisterState register in Registers.AsSpan())
        {
            if (register.Id == id)
                register.Id = 0;
        }
        foreach (ref StackCell cell in Cells)
        {
            if (cell.Value.Id == id)
                cell.Value.Id = 0;
        }
    }

    /// <summary>Forgets every register and cell that a test picks.</summary>
    public void ForgetWhere(Func<RegisterState, bool> test)
    {
        foreach (ref RegisterState register in Registers.AsSpan())
        {
            if (register.Kind > RegisterKind.Scalar && test(register))
                register = default;
        }
        for (int i = _cellCount - 1; i >= 0; i--)
        {
            if (_cells[i].Value.Kind > RegisterKind.Scalar && test(_cells[i].Value))
                RemoveAt(i);
        }
    }

    /// <summary>Forgets pointers into the packet.</summary>
    public void ForgetPacket()
    {
        PacketBytes = 0;
        ForgetWhere(register => register.Kind is RegisterKind.Packet or RegisterKind.PacketMeta or RegisterKind.PacketEnd
            || (register.Kind == RegisterKind.Memory && (register.Flags & RegisterFlags.RingBuffer) == 0));
    }

    private static RegisterState Unknown(int size)
    {
        RegisterState value = RegisterState.UnknownScalar();
        if (size < 8)
            value.Truncate(size);
        return value;
    }

    private static RegisterState Part(in StackCell cell, int offset, int size)
    {
        if (cell.Value.Kind != RegisterKind.Scalar)
            return Unknown(size);
        RegisterState value = cell.Value;
        value.Id = 0;
        if (offset > cell.Offset)
            ScalarArithmetic.Apply(ref value, RegisterState.Constant((ulong)(offset - cell.Offset) * 8), AluOp.Rsh, false);
        if (offset + size < cell.End && size < 8)
            value.Truncate(size);
        return value;
    }

    private int Insert(in StackCell cell)
    {
        if (cell.Value.Kind == RegisterKind.NotInitialized || (cell.Value.Kind != RegisterKind.Scalar && cell.Size != 8))
            return 0;
        if (_cellCount == _cells.Length)
            Array.Resize(ref _cells, Math.Max(8, _cells.Length * 2));
        int index = _cellCount;
        while (index > 0 && _cells[index - 1].Offset > cell.Offset)
        {
            _cells[index] = _cells[index - 1];
            index--;
        }
        _cells[index] = cell;
        _cellCount++;
        return 1;
    }

    private void RemoveAt(int index)
    {
        Array.Copy(_cells, index + 1, _cells, index, _cellCount - index - 1);
        _cellCount--;
    }
}
