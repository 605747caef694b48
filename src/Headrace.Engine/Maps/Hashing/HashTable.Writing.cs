using System.Numerics;
using System.Runtime.Intrinsics;

namespace Headrace.Engine;

internal sealed unsafe partial class HashTable<TKey>
{
    /// <summary>Locks a key's home bucket and finds the key. <see cref="Unlock"/> must follow.</summary>
    public HashPosition Lock(byte* key)
    {
        HashPosition position = default;
        position.Hash = TKey.Hash(key, State->KeySize, State->Seed);
        position.Home = State->Buckets + ((uint)position.Hash & State->Mask);
        SpinWord.Enter(&position.Home->Lock);
        Locate(ref position, key);
        return position;
    }

    /// <summary>Ends what <see cref="Lock"/> or <see cref="Seek"/> began.</summary>
    public static void Unlock(ref HashPosition position) => SpinWord.Exit(&position.Home->Lock);

    /// <summary>Publishes a filled element in place of the one found. The old one may be reused afterwards.</summary>
    public static void Replace(ref HashPosition position, uint element)
    {
        Volatile.Write(ref position.Bucket->Elements[position.Slot], element);
        Retire(position.Home);
        position.Element = element;
    }

    /// <summary>Publishes a filled element for a key that is not there. False when no overflow bucket is left.</summary>
    public bool Insert(ref HashPosition position, uint element)
    {
        HashBucket* bucket = position.Home;
        int slot;
        while ((slot = FreeSlot(bucket)) < 0 && bucket->Next != 0)
            bucket = State->Buckets + bucket->Next;
        if (slot < 0)
        {
            uint added = TakeBucket();
            if (added == 0)
                return false;
            HashBucket* last = State->Buckets + added;
            NativeBytes.Clear((byte*)last, sizeof(HashBucket));
            Publish(last, 0, position.Hash, element);
            Volatile.Write(ref bucket->Next, added);
        }
        else
        {
            Publish(bucket, slot, position.Hash, element);
        }
        return true;
    }

    /// <summary>Withdraws the element found. It may be reused afterwards.</summary>
    public void Remove(ref HashPosition position)
    {
        HashBucket* bucket = position.Bucket;
        bucket->Tags[position.Slot] = 0;
        Volatile.Write(ref bucket->Elements[position.Slot], 0);
        uint emptied = 0;
        if (bucket != position.Home && IsEmpty(bucket))
        {
            HashBucket* before = position.Home;
            while (State->Buckets + before->Next != bucket)
                before = State->Buckets + before->Next;
            emptied = before->Next;
            Volatile.Write(ref before->Next, bucket->Next);
        }
        Retire(position.Home);
        if (emptied != 0)
            FreeBucket(emptied);
    }

    /// <summary>Finds the next element at or after a place in the table's order and locks its home bucket; 0 (nothing locked) at the end.</summary>
    /// <param name="place">Home bucket in the high half, slots passed in its chain in the low half. Moves to the element found.</param>
    /// <param name="position">Where the element is; <see cref="Unlock"/> must follow when there is one.</param>
    public bool Seek(ref ulong place, out HashPosition position)
    {
        position = default;
        for (; place >> 32 <= State->Mask; place = ((place >> 32) + 1) << 32)
        {
            position.Home = State->Buckets + (place >> 32);
            if (Volatile.Read(ref position.Home->Next) == 0 && IsEmpty(position.Home))
                continue;
            SpinWord.Enter(&position.Home->Lock);
            uint passed = (uint)place;
            position.Bucket = position.Home;
            for (position.Depth = 0; ; position.Depth++)
            {
                for (position.Slot = 0; position.Slot < HashBucket.Slots; position.Slot++)
                {
                    uint order = (uint)(position.Depth * HashBucket.Slots + position.Slot);
                    position.Element = position.Bucket->Elements[position.Slot];
                    if (position.Element == 0 || order < passed)
                        continue;
                    place = (place & ~0xffff_ffffUL) | order;
                    return true;
                }
                if (position.Bucket->Next == 0)
                    break;
                position.Bucket = State->Buckets + position.Bucket->Next;
            }
            SpinWord.Exit(&position.Home->Lock);
        }
        return false;
    }

    /// <summary>The place right after a key in the table's order; the table's start when the key is not there.</summary>
    public ulong PlaceAfter(byte* key)
    {
        HashPosition position = Lock(key);
        ulong place = position.Element == 0
            ? 0
            : (ulong)(position.Home - State->Buckets) << 32 | (uint)(position.Depth * HashBucket.Slots + position.Slot + 1);
        Unlock(ref position);
        return place;
    }

    private void Locate(ref HashPosition position, byte* key)
    {
        Vector128<ushort> wanted = Vector128.Create(Tag(position.Hash));
        position.Bucket = position.Home;
        for (position.Depth = 0; ; position.Depth++)
        {
            uint hits = Vector128.Equals(Vector128.Load(position.Bucket->Tags), wanted).ExtractMostSignificantBits();
            for (; hits != 0; hits &= hits - 1)
            {
                position.Slot = BitOperations.TrailingZeroCount(hits);
                position.Element = position.Bucket->Elements[position.Slot];
                if (TKey.Equal(Element(position.Element), key, State->KeySize))
                    return;
            }
            position.Element = 0;
            if (position.Bucket->Next == 0)
                return;
            position.Bucket = State->Buckets + position.Bucket->Next;
        }
    }

    // A reader that still holds the withdrawn number must see the new version before it can see the element's next life.
    private static void Retire(HashBucket* home)
    {
        Volatile.WriteBarrier();
        Volatile.Write(ref home->Version, home->Version + 1);
        Volatile.WriteBarrier();
    }

    private static void Publish(HashBucket* bucket, int slot, ulong hash, uint element)
    {
        Volatile.Write(ref bucket->Elements[slot], element);
        Volatile.Write(ref bucket->Tags[slot], Tag(hash));
    }

    private static int FreeSlot(HashBucket* bucket)
    {
        uint free = Vector128.Equals(Vector128.Load(bucket->Tags), Vector128<ushort>.Zero).ExtractMostSignificantBits();
        return free == 0 ? -1 : BitOperations.TrailingZeroCount(free);
    }

    private static bool IsEmpty(HashBucket* bucket) => Vector128.Load(bucket->Tags) == Vector128<ushort>.Zero;
}
