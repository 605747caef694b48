using System.Runtime.CompilerServices;

namespace Headrace.Engine;

/// <summary>Keys of 4 bytes: an IPv4 address, an index.</summary>
internal readonly unsafe struct Key4 : IKey
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Hash(byte* key, int size, ulong seed) =>
        FoldedMultiply.Mix(Unsafe.ReadUnaligned<uint>(key) ^ seed, FoldedMultiply.First);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Equal(byte* element, byte* key, int size) => Unsafe.ReadUnaligned<uint>(element) == Unsafe.ReadUnaligned<uint>(key);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* destination, byte* source, int size) =>
        Unsafe.WriteUnaligned(destination, Unsafe.ReadUnaligned<uint>(source));
}
