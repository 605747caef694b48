using System.Runtime.CompilerServices;

namespace Headrace.Engine;

internal sealed unsafe partial class HashTable<TKey>
{
    // Used elements the evictor passes over before it takes one, used or not: an update stays short even when all are in use.
    private const int LongestSweep = 128;

    /// <summary>Ages of elements inside buckets: new ones outlive one visit of the hand, used ones two.</summary>
    private const byte NewAge = 1, UsedAge = 2;

    /// <summary>Notes that an element in a bucket was used.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MarkUsed(HashBucket* bucket, int slot)
    {
        if (bucket->Ages[slot] != UsedAge)
            bucket->Ages[slot] = UsedAge;
    }

    /// <summary>Address of an element of the arena.</summary>
    private byte* Element(uint number) => State->Elements + (ulong)number * State->Stride;

    /// <summary>Takes the right to one more element, and in the arena the element; false when all <see cref="HashTableState.Capacity"/> are used.</summary>
    public bool Take(out byte* element)
    {
        element = null;
        if (_elements is null)
            return Count(out _);
        ulong head = Volatile.Read(ref State->FreeElements);
        while ((uint)head != 0)
        {
            // Another thread may take and fill the element meanwhile: the link is then any number, and the exchange fails.
            uint link = *(uint*)Element((uint)head);
            ulong seen = Interlocked.CompareExchange(ref State->FreeElements, NextHead(head, link), head);
            if (seen == head)
            {
                element = Element((uint)head);
                return true;
            }
            head = seen;
        }
        if (!Count(out uint fresh))
            return false;
        element = Element(fresh);
        return true;
    }

    /// <summary>Gives it back: no bucket refers to the element. Its first 4 bytes become the list's link.</summary>
    public void Give(byte* element)
    {
        if (_elements is null)
        {
            Interlocked.Decrement(ref State->TakenElements);
            return;
        }
        uint number = NumberIn(element);
        ulong head = Volatile.Read(ref State->FreeElements);
        while (true)
        {
            *(uint*)element = (uint)head;
            ulong seen = Interlocked.CompareExchange(ref State->FreeElements, NextHead(head, number), head);
            if (seen == head)
                return;
            head = seen;
        }
    }

    /// <summary>Withdraws an element that was not used lately and hands its right over; false when another thread has given one back meanwhile.</summary>
    /// <remarks>
    /// A clock: the hand goes round the table, spares elements that were looked up since its last visit, and takes the first other.
    /// The kernel keeps lists instead; both let an old element go, neither the exactly oldest.
    /// </remarks>
    public bool Evict(out byte* element) => _elements is null ? EvictNear(out element) : EvictFromArena(out element);

    private bool EvictFromArena(out byte* element)
    {
        for (int passed = 0; (uint)Volatile.Read(ref State->FreeElements) == 0; passed++)
        {
            element = Element((uint)(Interlocked.Increment(ref State->Hand) % State->LastElement) + 1);
            LruMark* mark = (LruMark*)(element + State->MarkOffset);
            if (mark->Used != 0 && passed < LongestSweep)
            {
                mark->Used = 0;
                continue;
            }
            HashPosition position = default;
            position.Home = HomeOf(State, Volatile.Read(ref mark->Hash));
            if (Withdraw(ref position, element))
                return true;
        }
        element = null;
        return false;
    }

    // New elements come to lie anywhere, also right in front of the hand: their age, not their place, gives them their time.
    private bool EvictNear(out byte* element)
    {
        element = null;
        HashBucket* oldest = null;
        int oldestSlot = 0, oldestAge = int.MaxValue;
        for (int passed = 0; Volatile.Read(ref State->TakenElements) >= State->Capacity;)
        {
            uint buckets = State->Homes + Math.Min(Volatile.Read(ref State->TakenBuckets), State->OverflowBuckets);
            ulong at = Interlocked.Increment(ref State->Hand) - 1;
            if (at >= (ulong)buckets * (uint)State->Slots)
            {
                Interlocked.CompareExchange(ref State->Hand, 0, at + 1); // round; one of those that came here at once does it
                continue;
            }
            HashBucket* bucket = BucketAt(State, at / (uint)State->Slots);
            int slot = (int)(at % (uint)State->Slots);
            if (bucket->Tags[slot] == 0)
                continue;
            int age = bucket->Ages[slot];
            if (age < oldestAge)
            {
                oldest = bucket;
                oldestSlot = slot;
                oldestAge = age;
            }
            if (age > 0 && passed++ < LongestSweep)
            {
                bucket->Ages[slot] = (byte)(age - 1);
                continue;
            }
            HashPosition position = default;
            position.Home = HomeOf(oldest);
            if (position.Home != null && Withdraw(ref position, NearSlots.ElementAt(null, State->Stride, oldest, oldestSlot)))
                return true;
            oldestAge = int.MaxValue;
        }
        return false;
    }

    // Of an overflow bucket: what it says; null when it was freed meanwhile and says nothing sensible.
    private HashBucket* HomeOf(HashBucket* bucket)
    {
        if ((byte*)bucket - State->Buckets < (long)State->Homes << State->BucketShift)
            return bucket;
        uint number = Volatile.Read(ref bucket->Version);
        return number < State->Homes ? BucketAt(State, number) : null;
    }

    // Removes an element that is in the chain of a home bucket; false when it is not any more.
    private bool Withdraw(ref HashPosition position, byte* element)
    {
        HashBucket.Enter(position.Home);
        bool found = LocateElement(ref position, element);
        if (found)
            Remove(ref position);
        Unlock(ref position);
        return found;
    }

    private bool LocateElement(ref HashPosition position, byte* element)
    {
        for (position.Bucket = position.Home; ; position.Bucket = BucketAt(State, position.Bucket->Next))
        {
            for (position.Slot = 0; position.Slot < State->Slots; position.Slot++)
            {
                if (position.Bucket->Tags[position.Slot] != 0 && ElementAt(position.Bucket, position.Slot) == element)
                    return true;
            }
            if (position.Bucket->Next == 0)
                return false;
        }
    }

    private bool Count(out uint number)
    {
        uint taken = Volatile.Read(ref State->TakenElements);
        while (taken < State->Capacity)
        {
            number = taken + 1;
            uint seen = Interlocked.CompareExchange(ref State->TakenElements, number, taken);
            if (seen == taken)
                return true;
            taken = seen;
        }
        number = 0;
        return false;
    }

    private uint TakeBucket()
    {
        ulong head = Volatile.Read(ref State->FreeBuckets);
        while ((uint)head != 0)
        {
            ulong next = NextHead(head, BucketAt(State, (uint)head)->Next);
            ulong seen = Interlocked.CompareExchange(ref State->FreeBuckets, next, head);
            if (seen == head)
                return (uint)head;
            head = seen;
        }
        if (Volatile.Read(ref State->TakenBuckets) >= State->OverflowBuckets)
            return 0;
        uint fresh = Interlocked.Increment(ref State->TakenBuckets);
        return fresh <= State->OverflowBuckets ? State->Homes + fresh - 1 : 0;
    }

    private void FreeBucket(uint bucket)
    {
        ulong head = Volatile.Read(ref State->FreeBuckets);
        while (true)
        {
            BucketAt(State, bucket)->Next = (uint)head;
            ulong seen = Interlocked.CompareExchange(ref State->FreeBuckets, NextHead(head, bucket), head);
            if (seen == head)
                return;
            head = seen;
        }
    }

    private static ulong NextHead(ulong head, uint number) => ((head >> 32) + 1) << 32 | number;
}
