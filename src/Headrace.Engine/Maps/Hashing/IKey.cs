namespace Headrace.Engine;

/// <summary>How a hash table treats its keys: a struct a key size, so that hash and compare are inlined.</summary>
internal unsafe interface IKey
{
    /// <summary>A 64-bit hash; its low half chooses the bucket, its top 16 bits are the tag.</summary>
    static abstract ulong Hash(byte* key, int size, ulong seed);

    /// <summary>True when an element, whose key starts it, has the key.</summary>
    static abstract bool Equal(byte* element, byte* key, int size);

    /// <summary>Copies a key.</summary>
    static abstract void Copy(byte* destination, byte* source, int size);
}
