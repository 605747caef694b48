namespace Headrace.Engine;

/// <summary>How far a batch traversal of a map has come. The default value is the start.</summary>
public readonly struct MapBatchToken
{
    internal MapBatchToken(ulong place, bool isEnd, byte[]? key = null)
    {
        Place = place;
        IsEnd = isEnd;
        Key = key;
    }

    /// <summary>True when the traversal has reached the end of the map (the kernel's ENOENT).</summary>
    public bool IsEnd { get; }

    /// <summary>The next place in a hash table's order.</summary>
    internal ulong Place { get; }

    /// <summary>The last key passed, for maps traversed by key; null at the start.</summary>
    internal byte[]? Key { get; }
}
