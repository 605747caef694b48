using System.Runtime.CompilerServices;

namespace Headrace.Engine;

/// <summary>Keys of 20 bytes: an IPv6 address with a port and a protocol.</summary>
internal readonly unsafe struct Key20 : IKey
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Hash(byte* key, int size, ulong seed) =>
        Key16.Hash(key, size, seed) ^ FoldedMultiply.Mix(Unsafe.ReadUnaligned<uint>(key + 16) - seed, FoldedMultiply.Third);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Equal(byte* element, byte* key, int size) =>
        Key16.Equal(element, key, size) & Unsafe.ReadUnaligned<uint>(element + 16) == Unsafe.ReadUnaligned<uint>(key + 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* destination, byte* source, int size)
    {
        Key16.Copy(destination, source, size);
        Unsafe.WriteUnaligned(destination + 16, Unsafe.ReadUnaligned<uint>(source + 16));
    }
}
