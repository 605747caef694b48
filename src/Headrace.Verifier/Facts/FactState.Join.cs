namespace Headrace.Verifier;

internal sealed partial class FactState
{
    /// <summary>Keeps what holds here and in another state.</summary>
    public void JoinWith(FactState other)
    {
        for (int i = 0; i < Registers.Length; i++)
            Registers[i] = ValueJoin.Join(Registers[i], other.Registers[i]);
        StackCell[] joined = JoinCells(other);
        (_cells, _cellCount) = (joined, joined.Length);
        PacketBytes = Math.Min(PacketBytes, other.PacketBytes);
    }

    /// <summary>Takes over a state that is to hold at least as much as this one.</summary>
    /// <param name="next">What arrives.</param>
    /// <param name="widening">How growing values end; null takes the state as it is.</param>
    /// <param name="round">How often it has changed before.</param>
    /// <returns>True when something changed.</returns>
    public bool GrowTo(FactState next, Widening widening, int round)
    {
        FactState old = Clone();
        JoinWith(next);
        for (int i = 0; i < Registers.Length; i++)
            Registers[i] = widening.Widen(old.Registers[i], Registers[i], round);
        foreach (ref StackCell cell in Cells)
            cell.Value = widening.Widen(old.ReadStack(cell.Offset, cell.Size), cell.Value, round);
        return !IsSame(old);
    }

    /// <summary>True when both know the same.</summary>
    public bool IsSame(FactState other)
    {
        if (PacketBytes != other.PacketBytes || _cellCount != other._cellCount)
            return false;
        for (int i = 0; i < Registers.Length; i++)
        {
            if (!ValueJoin.Same(Registers[i], other.Registers[i]))
                return false;
        }
        for (int i = 0; i < _cellCount; i++)
        {
            ref StackCell a = ref _cells[i], b = ref other._cells[i];
            if (a.Offset != b.Offset || a.Size != b.Size || !ValueJoin.Same(a.Value, b.Value))
                return false;
        }
        return true;
    }

    // Where the two are cut differently, the finer pieces stay.
    private StackCell[] JoinCells(FactState other)
    {
        var joined = new FactState();
        foreach (ref StackCell cell in Cells)
        {
            if (other.Covers(cell))
                joined.Insert(cell with { Value = ValueJoin.Join(cell.Value, other.ReadStack(cell.Offset, cell.Size)) });
        }
        foreach (ref StackCell cell in other.Cells)
        {
            if (Covers(cell) && !joined.Covers(cell))
                joined.Insert(cell with { Value = ValueJoin.Join(ReadStack(cell.Offset, cell.Size), cell.Value) });
        }
        return joined.Cells.ToArray();
    }

    // True when one cell here holds all of another's bytes.
    private bool Covers(in StackCell other)
    {
        foreach (ref StackCell cell in Cells)
        {
            if (cell.Offset <= other.Offset && cell.End >= other.End)
                return true;
        }
        return false;
    }
}
