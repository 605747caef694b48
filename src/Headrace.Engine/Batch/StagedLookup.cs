namespace Headrace.Engine;

/// <summary>A look-up on its way: what is left to do until the entry it will want is in the cache.</summary>
internal unsafe struct StagedLookup
{
    /// <summary>Does the next access, whose line was asked for before, and asks for the one after it; false when that was the last.</summary>
    public delegate*<StagedLookup*, bool> Step;

    /// <summary>The table, where going on needs it.</summary>
    public void* Table;

    /// <summary>The place in it.</summary>
    public void* Place;

    /// <summary>The key's hash, or its first bytes.</summary>
    public ulong First;

    /// <summary>The key's bytes after the first 8.</summary>
    public ulong Second;

    /// <summary>What the place held.</summary>
    public ulong Word;

    /// <summary>Bytes of the key that are used up.</summary>
    public int At;

    /// <summary>Number of the look-up among those of the program that can be staged.</summary>
    public int Site;

    /// <summary>Bytes of the key.</summary>
    public int Size;
}
