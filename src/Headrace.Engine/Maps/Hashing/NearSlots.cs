using System.Runtime.CompilerServices;

namespace Headrace.Engine;

/// <summary>Buckets that hold their elements: a look-up of a large table misses the cache once.</summary>
internal readonly unsafe struct NearSlots : ISlots
{
    public static bool IsNear => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* ElementAt(HashTableState* table, HashBucket* bucket, int slot) => (byte*)bucket + HashBucket.Size + (uint)slot * table->Stride;
}
