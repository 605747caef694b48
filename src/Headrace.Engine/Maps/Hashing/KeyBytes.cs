using System.Runtime.CompilerServices;

namespace Headrace.Engine;

/// <summary>Reads a key as programs write it: 4 bytes at a time.</summary>
/// <remarks>
/// A load over several younger stores waits until they have left the processor's store buffer, which they do behind everything before them:
/// the misses of one packet would keep the next one's from starting. A load inside one store does not wait.
/// </remarks>
internal static unsafe class KeyBytes
{
    /// <summary>Eight bytes of a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load8(byte* key) => Unsafe.ReadUnaligned<uint>(key) | (ulong)Unsafe.ReadUnaligned<uint>(key + 4) << 32;
}
