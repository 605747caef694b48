namespace Headrace.Engine;

/// <summary>A hash table's key, read once: a struct a key size, so that hash and compare are inlined and the key stays in registers.</summary>
internal unsafe interface IKey<TKey> where TKey : struct, IKey<TKey>
{
    /// <summary>Reads a key.</summary>
    static abstract TKey Read(byte* key, int size);

    /// <summary>64 mixed bits, to be <see cref="FoldedMultiply.Spread"/>: by themselves they may come in steps.</summary>
    ulong Hash(ulong seed);

    /// <summary>True when an element, whose key starts it, has the key.</summary>
    bool IsAt(byte* element);

    /// <summary>Copies a key.</summary>
    static abstract void Copy(byte* destination, byte* source, int size);
}
