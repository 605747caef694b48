using System.Numerics;

namespace Headrace.Engine;

internal sealed unsafe partial class HashTable<TKey>
{
    /// <summary>Bytes of the table that are in use: buckets are all touched soon, whatever there is in them.</summary>
    public ulong UsedBytes
    {
        get
        {
            ulong homes = (ulong)State->Homes << State->BucketShift, taken = Math.Min(State->TakenElements, State->Capacity);
            return Math.Min(homes, taken << State->BucketShift) + (_elements is null ? 0 : taken * State->Stride);
        }
    }

    /// <summary>Asks for the line of a key's home bucket, and notes how to go on.</summary>
    public static void Stage<TSlots>(HashTableState* table, byte* key, StagedLookup* lookup) where TSlots : struct, ISlots
    {
        uint hash = HashOf(table, key);
        HashBucket* home = HomeOf(table, hash);
        Cache.Fetch(home);
        lookup->Table = table;
        lookup->Place = home;
        lookup->First = hash;
        lookup->Step = TSlots.IsNear ? &StageNear : &StageElement;
    }

    // The bucket is there: asks for its second line where the key is there, and for the bucket after it where it cannot be in this one.
    private static bool StageNear(StagedLookup* lookup)
    {
        HashTableState* table = (HashTableState*)lookup->Table;
        HashBucket* bucket = (HashBucket*)lookup->Place;
        uint next = Volatile.Read(ref bucket->Next), hits = HashBucket.Matches(bucket, HashBucket.Tag((uint)lookup->First), table->SlotMask);
        if (hits != 0)
        {
            int slot = BitOperations.TrailingZeroCount(hits);
            if (HashBucket.Size + (uint)(slot + 1) * table->Stride > CacheLine)
                Cache.Fetch((byte*)bucket + CacheLine);
            return false;
        }
        if (next == 0)
            return false;
        bucket = BucketAt(table, next);
        Cache.Fetch(bucket);
        if (table->BucketShift > 6)
            Cache.Fetch((byte*)bucket + CacheLine);
        return false;
    }

    // Asks for the first element with the key's tag; false tags are one in some sixty.
    private static bool StageElement(StagedLookup* lookup)
    {
        HashTableState* table = (HashTableState*)lookup->Table;
        HashBucket* home = (HashBucket*)lookup->Place;
        uint hits = HashBucket.Matches(home, HashBucket.Tag((uint)lookup->First), byte.MaxValue);
        if (hits == 0)
            return false;
        byte* element = ArenaSlots.ElementAt(table->Elements, table->Stride, home, BitOperations.TrailingZeroCount(hits));
        Cache.Fetch(element);
        if (table->Stride > CacheLine)
            Cache.Fetch(element + table->ValueOffset);
        return false;
    }
}
