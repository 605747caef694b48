using System.Numerics;
using System.Runtime.CompilerServices;

namespace Headrace.Engine;

/// <summary>Keys of 40 bytes: a flow of IPv4 or IPv6. Too much for registers: read where it is.</summary>
internal readonly unsafe struct Key40(byte* key) : IKey<Key40>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Key40 Read(byte* key, int size) => new(key);

    // Three multiplications that do not wait for each other, each with the seed in another way.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Hash(ulong seed)
    {
        ulong rotated = BitOperations.RotateLeft(seed, 32);
        return FoldedMultiply.Mix(KeyBytes.Load8(key) ^ seed, KeyBytes.Load8(key + 8) ^ rotated)
            ^ FoldedMultiply.Mix(KeyBytes.Load8(key + 16) - seed, KeyBytes.Load8(key + 24) + rotated)
            ^ FoldedMultiply.Mix(KeyBytes.Load8(key + 32) ^ ~seed, FoldedMultiply.Fifth);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsAt(byte* element)
    {
        ulong first = Unsafe.ReadUnaligned<ulong>(element) ^ KeyBytes.Load8(key);
        ulong second = Unsafe.ReadUnaligned<ulong>(element + 8) ^ KeyBytes.Load8(key + 8);
        ulong third = Unsafe.ReadUnaligned<ulong>(element + 16) ^ KeyBytes.Load8(key + 16);
        ulong fourth = Unsafe.ReadUnaligned<ulong>(element + 24) ^ KeyBytes.Load8(key + 24);
        ulong fifth = Unsafe.ReadUnaligned<ulong>(element + 32) ^ KeyBytes.Load8(key + 32);
        return (first | second | third | fourth | fifth) == 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* destination, byte* source, int size) => Unsafe.CopyBlockUnaligned(destination, source, 40);
}
