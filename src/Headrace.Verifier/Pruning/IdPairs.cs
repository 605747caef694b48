namespace Headrace.Verifier;

/// <summary>Which ids of an old state stand for which of a new one: each for one only, both ways.</summary>
internal sealed class IdPairs
{
    private const int Capacity = (11 + Verifier.MaxStack / 8) * VerifierState.MaxFrames * 2;

    private readonly (int Old, int New)[] _pairs = new (int, int)[Capacity];
    private int _count;
    private int _temporary;

    /// <summary>Begins anew.</summary>
    /// <param name="lastId">Ids above it are in nobody's use.</param>
    public void Clear(int lastId) => (_count, _temporary) = (0, lastId);

    /// <summary>True when the two may stand for each other.</summary>
    public bool Match(int old, int current)
    {
        if (old == 0 != (current == 0))
            return false;
        if (old == 0)
            return true;
        for (int i = 0; i < _count; i++)
        {
            if (_pairs[i].Old == old)
                return _pairs[i].New == current;
            if (_pairs[i].New == current)
                return false;
        }
        if (_count == Capacity)
            return false;
        _pairs[_count++] = (old, current);
        return true;
    }

    /// <summary>The same for numbers, where one that is linked to nothing is like one with an id of its own.</summary>
    public bool MatchScalars(int old, int current) => Match(old != 0 ? old : ++_temporary, current != 0 ? current : ++_temporary);
}
