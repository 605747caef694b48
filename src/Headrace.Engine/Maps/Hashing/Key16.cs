using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Headrace.Engine;

/// <summary>Keys of 16 bytes: an IPv6 address, a padded IPv4 flow.</summary>
internal readonly unsafe struct Key16 : IKey
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Hash(byte* key, int size, ulong seed)
    {
        // Each half goes through its own multiplication: a key half that cancels the seed in one of them does not silence the other.
        ulong low = Unsafe.ReadUnaligned<ulong>(key), high = Unsafe.ReadUnaligned<ulong>(key + 8);
        return FoldedMultiply.Mix(low ^ seed, FoldedMultiply.First) ^ FoldedMultiply.Mix(high + seed, FoldedMultiply.Second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Equal(byte* left, byte* right, int size) => Vector128.Load(left) == Vector128.Load(right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* destination, byte* source, int size) => Vector128.Load(source).Store(destination);
}
