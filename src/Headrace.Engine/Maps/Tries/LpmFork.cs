namespace Headrace.Engine;

/// <summary>What a slot of the LPM index holds where a prefix ends above and others go on below.</summary>
internal unsafe struct LpmFork
{
    /// <summary>The longest prefix that ends above, for when nothing below matches.</summary>
    public LpmNode* Found;

    /// <summary>Where the search goes on in the trie.</summary>
    public LpmNode* Next;
}
