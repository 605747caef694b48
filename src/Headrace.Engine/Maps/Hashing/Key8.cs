using System.Runtime.CompilerServices;

namespace Headrace.Engine;

/// <summary>Keys of 8 bytes: a pair of addresses, a counter.</summary>
internal readonly unsafe struct Key8(ulong value) : IKey<Key8>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Key8 Read(byte* key, int size) => new(KeyBytes.Load8(key));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Hash(ulong seed) => FoldedMultiply.Mix(value ^ seed, FoldedMultiply.First);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsAt(byte* element) => Unsafe.ReadUnaligned<ulong>(element) == value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* destination, byte* source, int size) =>
        Unsafe.WriteUnaligned(destination, Unsafe.ReadUnaligned<ulong>(source));
}
