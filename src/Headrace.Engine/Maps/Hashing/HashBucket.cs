using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Headrace.Engine;

/// <summary>The head of a hash table's bucket, 16 bytes at the start of its cache line; the elements follow, or their numbers.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal unsafe struct HashBucket
{
    /// <summary>Bytes of the head.</summary>
    public const int Size = 16;

    /// <summary>Elements of a bucket that holds their numbers.</summary>
    public const int NumberSlots = 8;

    /// <summary>Most elements of a bucket that holds the elements themselves.</summary>
    public const int MostNearSlots = 3;

    private const int TagsOffset = 8;
    private const uint LockBit = 1;

    /// <summary>
    /// In steps of 2: grows before a slot or bucket that left this chain can be used again, so that a reader that saw it grow looks again.
    /// Bit 0 is the writers' lock. Of an overflow bucket: the number of its home.
    /// </summary>
    [FieldOffset(0)] public uint Version;

    /// <summary>Number of the overflow bucket after this one, 0 for none; of a free one the next free one.</summary>
    [FieldOffset(4)] public uint Next;

    /// <summary>A byte of each element's hash, never 0; 0 for a free slot.</summary>
    [FieldOffset(TagsOffset)] public fixed byte Tags[NumberSlots];

    /// <summary>How lately elements inside the bucket were used: see <see cref="HashTable{TKey}.Evict"/>.</summary>
    [FieldOffset(TagsOffset + 4)] public fixed byte Ages[MostNearSlots];

    /// <summary>The elements' numbers, 0 for none, or the first element.</summary>
    public static uint* Numbers(HashBucket* bucket) => (uint*)((byte*)bucket + Size);

    /// <summary>The tag of a hash: the bits that say least about its bucket, never 0, which is a free slot's.</summary>
    public static byte Tag(uint hash) => (byte)(hash | 1);

    /// <summary>A bit for each slot that holds the tag.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Matches(HashBucket* bucket, byte tag, uint slotMask) =>
        System.Runtime.Intrinsics.Vector128.ExtractMostSignificantBits(
            System.Runtime.Intrinsics.Vector128.Equals(
                System.Runtime.Intrinsics.Vector128.Load((byte*)bucket), System.Runtime.Intrinsics.Vector128.Create(tag))) >> TagsOffset & slotMask;

    /// <summary>The version without the lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint VersionOf(HashBucket* home) => Volatile.Read(ref home->Version) & ~LockBit;

    /// <summary>Locks a home bucket: for a few dozen instructions at most.</summary>
    public static void Enter(HashBucket* home)
    {
        SpinWait wait = default;
        while (true)
        {
            uint version = Volatile.Read(ref home->Version) & ~LockBit;
            if (Interlocked.CompareExchange(ref home->Version, version | LockBit, version) == version)
                return;
            wait.SpinOnce();
        }
    }

    /// <summary>Unlocks it.</summary>
    public static void Exit(HashBucket* home) => Volatile.Write(ref home->Version, home->Version & ~LockBit);

    /// <summary>Makes readers look again, before what was withdrawn is used again. The bucket is locked.</summary>
    public static void Retire(HashBucket* home)
    {
        Volatile.WriteBarrier();
        Volatile.Write(ref home->Version, home->Version + 2 * LockBit);
        Volatile.WriteBarrier();
    }
}
