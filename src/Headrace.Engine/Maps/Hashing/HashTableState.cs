using System.Runtime.InteropServices;

namespace Headrace.Engine;

/// <summary>The native part of a hash table: what compiled code needs to look a key up with nothing but this struct's address.</summary>
/// <remarks>Element i (from 1) is at Elements + i * Stride: the key at its start, its value at ValueOffset.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 192)]
internal unsafe struct HashTableState
{
    /// <summary>Home buckets, Mask + 1 of them, then overflow buckets.</summary>
    [FieldOffset(0)] public HashBucket* Buckets;

    /// <summary>The element arena.</summary>
    [FieldOffset(8)] public byte* Elements;

    /// <summary>Hash seed, random unless <c>BPF_F_ZERO_SEED</c>.</summary>
    [FieldOffset(16)] public ulong Seed;

    /// <summary>Selects the home bucket from the hash's low half.</summary>
    [FieldOffset(24)] public uint Mask;

    /// <summary>Bytes of an element.</summary>
    [FieldOffset(28)] public uint Stride;

    /// <summary>Bytes of a key.</summary>
    [FieldOffset(32)] public int KeySize;

    /// <summary>Where an element's value starts.</summary>
    [FieldOffset(36)] public int ValueOffset;

    /// <summary>Where an element's <see cref="LruMark"/> is, 0 in tables that never evict.</summary>
    [FieldOffset(40)] public int MarkOffset;

    /// <summary>Numbers of elements go from 1 to this, spare ones included.</summary>
    [FieldOffset(44)] public uint LastElement;

    /// <summary>One past the last overflow bucket's number.</summary>
    [FieldOffset(48)] public uint BucketCount;

    /// <summary>Elements the map may hold.</summary>
    [FieldOffset(52)] public uint Capacity;

    /// <summary>log2 of <see cref="Stride"/> where that is a power of two, as it is when values are elsewhere.</summary>
    [FieldOffset(56)] public int StrideShift;

    // Written by updates: on lines of their own, away from what every look-up reads.

    /// <summary>Free elements: number in the low half, a count against reuse in the high half.</summary>
    [FieldOffset(64)] public ulong FreeElements;

    /// <summary>Elements that were ever taken; those above are untouched memory.</summary>
    [FieldOffset(72)] public uint TakenElements;

    /// <summary>Where the eviction hand stands.</summary>
    [FieldOffset(76)] public uint Hand;

    /// <summary>Free overflow buckets, as <see cref="FreeElements"/>.</summary>
    [FieldOffset(128)] public ulong FreeBuckets;

    /// <summary>Overflow buckets that were ever taken.</summary>
    [FieldOffset(136)] public uint TakenBuckets;
}
