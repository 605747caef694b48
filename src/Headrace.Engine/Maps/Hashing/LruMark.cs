namespace Headrace.Engine;

/// <summary>What an element of an evicting table carries besides key and value.</summary>
internal struct LruMark
{
    /// <summary>What the key's hash was spread to: where the evictor finds the element's bucket.</summary>
    public uint Spread;

    /// <summary>1 when the element was used since the hand passed it.</summary>
    public uint Used;
}
