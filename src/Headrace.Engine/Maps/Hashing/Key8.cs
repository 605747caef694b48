using System.Runtime.CompilerServices;

namespace Headrace.Engine;

/// <summary>Keys of 8 bytes: a pair of addresses, a counter.</summary>
internal readonly unsafe struct Key8 : IKey
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Hash(byte* key, int size, ulong seed) =>
        FoldedMultiply.Mix(KeyBytes.Load8(key) ^ seed, FoldedMultiply.First);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Equal(byte* element, byte* key, int size) => Unsafe.ReadUnaligned<ulong>(element) == KeyBytes.Load8(key);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* destination, byte* source, int size) =>
        Unsafe.WriteUnaligned(destination, Unsafe.ReadUnaligned<ulong>(source));
}
