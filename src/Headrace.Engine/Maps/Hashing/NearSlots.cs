using System.Runtime.CompilerServices;

namespace Headrace.Engine;

/// <summary>Buckets that hold their elements: a look-up of a large table misses the cache once.</summary>
internal readonly unsafe struct NearSlots : ISlots
{
    public static bool IsNear => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* ElementAt(byte* elements, uint stride, HashBucket* bucket, int slot) => (byte*)bucket + HashBucket.Size + (uint)slot * stride;
}
