using System.Runtime.CompilerServices;

namespace Headrace.Engine;

/// <summary>Keys of 20 bytes: an IPv6 address with a port and a protocol.</summary>
internal readonly unsafe struct Key20(Key16 start, uint end) : IKey<Key20>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Key20 Read(byte* key, int size) => new(Key16.Read(key, size), Unsafe.ReadUnaligned<uint>(key + 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Hash(ulong seed) => start.Hash(seed) ^ FoldedMultiply.Mix(end - seed, FoldedMultiply.Third);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsAt(byte* element) => start.IsAt(element) & Unsafe.ReadUnaligned<uint>(element + 16) == end;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* destination, byte* source, int size)
    {
        Key16.Copy(destination, source, size);
        Unsafe.WriteUnaligned(destination + 16, Unsafe.ReadUnaligned<uint>(source + 16));
    }
}
