using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Headrace.Engine;

/// <summary>Keys of 16 bytes: an IPv6 address, a padded IPv4 flow.</summary>
internal readonly unsafe struct Key16(ulong low, ulong high) : IKey<Key16>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Key16 Read(byte* key, int size) => new(KeyBytes.Load8(key), KeyBytes.Load8(key + 8));

    // Nobody who does not know the seed can make a factor zero. A seed is never zero.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Hash(ulong seed) => FoldedMultiply.Mix(low ^ seed, high ^ BitOperations.RotateLeft(seed, 32));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsAt(byte* element) => ((Unsafe.ReadUnaligned<ulong>(element) ^ low) | (Unsafe.ReadUnaligned<ulong>(element + 8) ^ high)) == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* destination, byte* source, int size) => Vector128.Load(source).Store(destination);
}
