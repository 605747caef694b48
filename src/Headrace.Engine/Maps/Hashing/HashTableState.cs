using System.Runtime.InteropServices;

namespace Headrace.Engine;

/// <summary>The native part of a hash table: what compiled code needs to look a key up with nothing but this struct's address.</summary>
/// <remarks>An element is a key at its start and a value at ValueOffset: in the buckets themselves, or element i (from 1) at Elements + i * Stride.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 192)]
internal unsafe struct HashTableState
{
    /// <summary>Home buckets, then overflow buckets.</summary>
    [FieldOffset(0)] public byte* Buckets;

    /// <summary>The element arena; null when elements are in the buckets.</summary>
    [FieldOffset(8)] public byte* Elements;

    /// <summary>Hash seed, random and not 0; always the same with <c>BPF_F_ZERO_SEED</c>.</summary>
    [FieldOffset(16)] public ulong Seed;

    /// <summary>Number of home buckets: the hash, as a fraction of 2^32, times this chooses one.</summary>
    [FieldOffset(24)] public uint Homes;

    /// <summary>log2 of a bucket's bytes.</summary>
    [FieldOffset(28)] public int BucketShift;

    /// <summary>Bytes of an element.</summary>
    [FieldOffset(32)] public uint Stride;

    /// <summary>log2 of <see cref="Stride"/> where that is a power of two, as it is when values are elsewhere.</summary>
    [FieldOffset(36)] public int StrideShift;

    /// <summary>Bytes of a key.</summary>
    [FieldOffset(40)] public int KeySize;

    /// <summary>Where an element's value starts.</summary>
    [FieldOffset(44)] public int ValueOffset;

    /// <summary>Where an element's <see cref="LruMark"/> is, 0 in tables that never evict and where elements are in the buckets.</summary>
    [FieldOffset(48)] public int MarkOffset;

    /// <summary>Elements of a bucket.</summary>
    [FieldOffset(52)] public int Slots;

    /// <summary>A bit for each of <see cref="Slots"/>.</summary>
    [FieldOffset(56)] public uint SlotMask;

    /// <summary>Elements the map may hold.</summary>
    [FieldOffset(60)] public uint Capacity;

    // Written by updates: on lines of their own, away from what every look-up reads.

    /// <summary>Free elements of the arena: number in the low half, a count against reuse in the high half.</summary>
    [FieldOffset(64)] public ulong FreeElements;

    /// <summary>Where the eviction hand stands.</summary>
    [FieldOffset(72)] public ulong Hand;

    /// <summary>Of the arena: elements that were ever taken, those above are untouched memory. Else elements in use.</summary>
    [FieldOffset(80)] public uint TakenElements;

    /// <summary>Numbers of elements in the arena go from 1 to this, spare ones included.</summary>
    [FieldOffset(84)] public uint LastElement;

    /// <summary>Free overflow buckets, as <see cref="FreeElements"/>.</summary>
    [FieldOffset(128)] public ulong FreeBuckets;

    /// <summary>Overflow buckets that were ever taken.</summary>
    [FieldOffset(136)] public uint TakenBuckets;

    /// <summary>Number of overflow buckets.</summary>
    [FieldOffset(140)] public uint OverflowBuckets;
}
