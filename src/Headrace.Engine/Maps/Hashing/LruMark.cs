namespace Headrace.Engine;

/// <summary>What an element of an evicting table carries besides key and value.</summary>
internal struct LruMark
{
    /// <summary>The key's hash, by which the evictor finds the element's bucket.</summary>
    public uint Hash;

    /// <summary>1 when the element was used since the hand passed it.</summary>
    public uint Used;
}
