using System.Runtime.CompilerServices;

namespace Headrace.Engine;

/// <summary>Keys of 40 bytes: a flow of IPv4 or IPv6.</summary>
internal readonly unsafe struct Key40 : IKey
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Hash(byte* key, int size, ulong seed)
    {
        // Five multiplications that do not wait for each other, each with the seed in another way.
        ulong third = KeyBytes.Load8(key + 16), fourth = KeyBytes.Load8(key + 24), fifth = KeyBytes.Load8(key + 32);
        return Key16.Hash(key, size, seed) ^ FoldedMultiply.Mix(third - seed, FoldedMultiply.Third)
            ^ FoldedMultiply.Mix(fourth ^ ~seed, FoldedMultiply.Fourth) ^ FoldedMultiply.Mix(fifth + (seed >> 32 | seed << 32), FoldedMultiply.Fifth);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Equal(byte* element, byte* key, int size)
    {
        ulong third = Unsafe.ReadUnaligned<ulong>(element + 16) ^ KeyBytes.Load8(key + 16);
        ulong fourth = Unsafe.ReadUnaligned<ulong>(element + 24) ^ KeyBytes.Load8(key + 24);
        ulong fifth = Unsafe.ReadUnaligned<ulong>(element + 32) ^ KeyBytes.Load8(key + 32);
        return Key16.Equal(element, key, size) & (third | fourth | fifth) == 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* destination, byte* source, int size) => Unsafe.CopyBlockUnaligned(destination, source, 40);
}
