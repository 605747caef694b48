using System.Runtime.CompilerServices;

namespace Headrace.Engine;

/// <summary>Keys of any size.</summary>
internal readonly unsafe struct KeyAny(byte* key, int size) : IKey<KeyAny>
{
    public static KeyAny Read(byte* key, int size) => new(key, size);

    public ulong Hash(ulong seed) => Hash(key, size, seed);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsAt(byte* element) => IsAt(element, key, size);

    public static void Copy(byte* destination, byte* source, int size) => Buffer.MemoryCopy(source, destination, size, size);

    private static ulong Hash(byte* key, int size, ulong seed)
    {
        ulong hash = seed ^ (ulong)size;
        for (; size >= 8; key += 8, size -= 8)
            hash = FoldedMultiply.Mix(hash ^ KeyBytes.Load8(key), FoldedMultiply.First);
        if (size != 0)
            hash = FoldedMultiply.Mix(hash ^ Tail(key, size), FoldedMultiply.Second);
        return FoldedMultiply.Mix(hash, FoldedMultiply.First);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsAt(byte* element, byte* key, int size)
    {
        for (; size >= 8; element += 8, key += 8, size -= 8)
        {
            if (Unsafe.ReadUnaligned<ulong>(element) != KeyBytes.Load8(key))
                return false;
        }
        for (; size != 0; element++, key++, size--)
        {
            if (*element != *key)
                return false;
        }
        return true;
    }

    private static ulong Tail(byte* key, int size)
    {
        if (size >= 4)
            return Unsafe.ReadUnaligned<uint>(key) | (ulong)Unsafe.ReadUnaligned<uint>(key + size - 4) << 32;
        return (ulong)(*key | key[size / 2] << 8 | key[size - 1] << 16);
    }
}
