using System.Runtime.CompilerServices;

namespace Headrace.Engine;

/// <summary>Keys of 4 bytes: an IPv4 address, an index.</summary>
internal readonly unsafe struct Key4(uint value) : IKey<Key4>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Key4 Read(byte* key, int size) => new(Unsafe.ReadUnaligned<uint>(key));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Hash(ulong seed) => FoldedMultiply.Mix(value ^ seed, FoldedMultiply.First);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsAt(byte* element) => Unsafe.ReadUnaligned<uint>(element) == value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* destination, byte* source, int size) =>
        Unsafe.WriteUnaligned(destination, Unsafe.ReadUnaligned<uint>(source));
}
