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
        ulong low = KeyBytes.Load8(key), high = KeyBytes.Load8(key + 8);
        return FoldedMultiply.Mix(low ^ seed, FoldedMultiply.First) ^ FoldedMultiply.Mix(high + seed, FoldedMultiply.Second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Equal(byte* element, byte* key, int size) =>
        ((Unsafe.ReadUnaligned<ulong>(element) ^ KeyBytes.Load8(key)) | (Unsafe.ReadUnaligned<ulong>(element + 8) ^ KeyBytes.Load8(key + 8))) == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* destination, byte* source, int size) => Vector128.Load(source).Store(destination);
}
