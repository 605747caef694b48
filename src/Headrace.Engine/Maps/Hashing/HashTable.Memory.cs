namespace Headrace.Engine;

internal sealed unsafe partial class HashTable<TKey>
{
    // Used elements the evictor passes over before it takes the next one, used or not: an update stays short even when all are in use.
    private const int LongestSweep = 128;

    /// <summary>Takes a free element, 0 when all <see cref="HashTableState.Capacity"/> are used.</summary>
    public uint TakeElement()
    {
        ulong head = Volatile.Read(ref State->FreeElements);
        while ((uint)head != 0)
        {
            // Another thread may take and fill the element meanwhile: the link is then any number, and the exchange fails.
            uint link = *(uint*)Element((uint)head);
            ulong seen = Interlocked.CompareExchange(ref State->FreeElements, NextHead(head, link), head);
            if (seen == head)
                return (uint)head;
            head = seen;
        }
        if (Volatile.Read(ref State->TakenElements) >= State->Capacity)
            return 0;
        uint fresh = Interlocked.Increment(ref State->TakenElements);
        return fresh <= State->Capacity ? fresh : 0;
    }

    /// <summary>Gives back an element that no bucket refers to. Its first 4 bytes become the list's link.</summary>
    public void FreeElement(uint element)
    {
        ulong head = Volatile.Read(ref State->FreeElements);
        while (true)
        {
            *(uint*)Element(element) = (uint)head;
            ulong seen = Interlocked.CompareExchange(ref State->FreeElements, NextHead(head, element), head);
            if (seen == head)
                return;
            head = seen;
        }
    }

    /// <summary>Withdraws an element that was not used lately and hands it over; 0 when another thread has freed one meanwhile.</summary>
    /// <remarks>
    /// A clock: the hand goes round the arena, spares elements that were looked up since its last visit, and takes the first other.
    /// The kernel keeps lists instead; both let an old element go, neither the exactly oldest.
    /// </remarks>
    public uint Evict()
    {
        for (int passed = 0; (uint)Volatile.Read(ref State->FreeElements) == 0; passed++)
        {
            uint number = Interlocked.Increment(ref State->Hand) % State->LastElement + 1;
            LruMark* mark = (LruMark*)(Element(number) + State->MarkOffset);
            if (mark->Used != 0 && passed < LongestSweep)
            {
                mark->Used = 0;
                continue;
            }
            HashPosition position = default;
            position.Home = State->Buckets + (Volatile.Read(ref mark->Hash) & State->Mask);
            SpinWord.Enter(&position.Home->Lock);
            bool found = LocateElement(ref position, number);
            if (found)
                Remove(ref position);
            Unlock(ref position);
            if (found)
                return number;
        }
        return 0;
    }

    private bool LocateElement(ref HashPosition position, uint number)
    {
        for (position.Bucket = position.Home; ; position.Bucket = State->Buckets + position.Bucket->Next)
        {
            for (position.Slot = 0; position.Slot < HashBucket.Slots; position.Slot++)
            {
                if (position.Bucket->Elements[position.Slot] == number)
                    return true;
            }
            if (position.Bucket->Next == 0)
                return false;
        }
    }

    private uint TakeBucket()
    {
        ulong head = Volatile.Read(ref State->FreeBuckets);
        while ((uint)head != 0)
        {
            ulong next = NextHead(head, State->Buckets[(uint)head].FreeLink);
            ulong seen = Interlocked.CompareExchange(ref State->FreeBuckets, next, head);
            if (seen == head)
                return (uint)head;
            head = seen;
        }
        uint overflow = State->BucketCount - State->Mask - 1;
        if (Volatile.Read(ref State->TakenBuckets) >= overflow)
            return 0;
        uint fresh = Interlocked.Increment(ref State->TakenBuckets);
        return fresh <= overflow ? State->Mask + fresh : 0;
    }

    private void FreeBucket(uint bucket)
    {
        ulong head = Volatile.Read(ref State->FreeBuckets);
        while (true)
        {
            State->Buckets[bucket].FreeLink = (uint)head;
            ulong seen = Interlocked.CompareExchange(ref State->FreeBuckets, NextHead(head, bucket), head);
            if (seen == head)
                return;
            head = seen;
        }
    }

    private static ulong NextHead(ulong head, uint number) => ((head >> 32) + 1) << 32 | number;
}
