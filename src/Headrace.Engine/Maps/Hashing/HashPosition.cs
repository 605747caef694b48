namespace Headrace.Engine;

/// <summary>Where a key is, or would be, in a hash table whose home bucket is locked.</summary>
internal unsafe struct HashPosition
{
    public uint Hash;

    /// <summary>First bucket of the chain, locked.</summary>
    public HashBucket* Home;

    /// <summary>The bucket that holds the element, when there is one.</summary>
    public HashBucket* Bucket;

    /// <summary>The slot in <see cref="Bucket"/>.</summary>
    public int Slot;

    /// <summary>Buckets of the chain before <see cref="Bucket"/>.</summary>
    public int Depth;

    /// <summary>The element, null when the key is not there.</summary>
    public byte* Element;
}
