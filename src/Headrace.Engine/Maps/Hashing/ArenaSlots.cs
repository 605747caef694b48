using System.Runtime.CompilerServices;

namespace Headrace.Engine;

/// <summary>Buckets that hold numbers of elements in an arena, where an element can be used again for any key.</summary>
internal readonly unsafe struct ArenaSlots : ISlots
{
    public static bool IsNear => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* ElementAt(HashTableState* table, HashBucket* bucket, int slot) =>
        table->Elements + (ulong)Volatile.Read(ref HashBucket.Numbers(bucket)[slot]) * table->Stride;
}
