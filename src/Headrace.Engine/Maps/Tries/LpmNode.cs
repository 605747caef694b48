namespace Headrace.Engine;

/// <summary>A node of the LPM trie; the prefix's bytes follow, then at an 8-byte boundary the value.</summary>
internal unsafe struct LpmNode
{
    /// <summary>Bytes in front of the prefix's own: what sizeof would round up.</summary>
    public const int HeaderSize = 20;

    /// <summary>The subtree whose next bit is 0.</summary>
    public LpmNode* Zero;

    /// <summary>The subtree whose next bit is 1.</summary>
    public LpmNode* One;

    /// <summary>Bits of the prefix, 2048 at most.</summary>
    public ushort PrefixLength;

    /// <summary>1 when the node only branches: it holds no element.</summary>
    public ushort IsBranch;

    /// <summary>The child to follow for a bit, to read or to link.</summary>
    public static LpmNode** Child(LpmNode* node, bool bit) => bit ? &node->One : &node->Zero;

    /// <summary>First byte of the prefix.</summary>
    public static byte* Data(LpmNode* node) => (byte*)node + HeaderSize;
}
