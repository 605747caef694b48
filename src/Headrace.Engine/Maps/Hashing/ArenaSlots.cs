using System.Runtime.CompilerServices;

namespace Headrace.Engine;

/// <summary>Buckets that hold numbers of elements in an arena, where an element can be used again for any key.</summary>
internal readonly unsafe struct ArenaSlots : ISlots
{
    public static bool IsNear => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* ElementAt(byte* elements, uint stride, HashBucket* bucket, int slot) =>
        elements + (ulong)Volatile.Read(ref HashBucket.Numbers(bucket)[slot]) * stride;
}
