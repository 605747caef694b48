using System.Numerics;

namespace Headrace.Engine;

internal sealed unsafe partial class HashTable<TKey>
{
    /// <summary>Locks a key's home bucket and finds the key. <see cref="Unlock"/> must follow.</summary>
    public HashPosition Lock(byte* key)
    {
        HashPosition position = default;
        position.Hash = HashOf(State, key);
        position.Home = HomeOf(State, position.Hash);
        HashBucket.Enter(position.Home);
        Locate(ref position, key);
        return position;
    }

    /// <summary>Ends what <see cref="Lock"/> or <see cref="Seek"/> began.</summary>
    public static void Unlock(ref HashPosition position) => HashBucket.Exit(position.Home);

    /// <summary>Finds a place for an element that <see cref="Take"/> allowed, for a key that is not there; the position then leads to it.</summary>
    /// <returns>False when no overflow bucket is left.</returns>
    public bool Place(ref HashPosition position, byte* taken)
    {
        if (!FindFreeSlot(ref position))
            return false;
        position.Element = _elements is null ? NearSlots.ElementAt(null, State->Stride, position.Bucket, position.Slot) : taken;
        return true;
    }

    /// <summary>Writes what a placed element has besides its value.</summary>
    public void Prepare(in HashPosition position, byte* key, bool used)
    {
        TKey.Copy(position.Element, key, State->KeySize);
        if (_elements is null)
        {
            position.Bucket->Ages[position.Slot] = used ? UsedAge : NewAge;
        }
        else if (State->MarkOffset != 0)
        {
            LruMark* mark = (LruMark*)(position.Element + State->MarkOffset);
            Volatile.Write(ref mark->Hash, position.Hash);
            mark->Used = used ? 1u : 0;
        }
    }

    /// <summary>Shows a filled element to readers.</summary>
    public void Publish(in HashPosition position)
    {
        if (_elements is not null)
            Volatile.Write(ref HashBucket.Numbers(position.Bucket)[position.Slot], NumberIn(position.Element));
        Volatile.Write(ref position.Bucket->Tags[position.Slot], HashBucket.Tag(position.Hash));
    }

    /// <summary>Begins to replace the element found: the position then leads to a fresh one, which <see cref="FinishReplacing"/> shows to readers.</summary>
    /// <remarks>
    /// As in the kernel a program that holds the old value's address goes on reading the old value. In the arena it does so until this CPU
    /// replaces again: the old element becomes the CPU's spare. In buckets, until its place is used again by a key of the same chain.
    /// </remarks>
    /// <param name="position">Where the element is.</param>
    /// <param name="cpu">Whose spare to use.</param>
    /// <param name="old">What to hand to <see cref="FinishReplacing"/>.</param>
    /// <returns>False when no overflow bucket is left.</returns>
    public bool StartReplacing(ref HashPosition position, int cpu, out HashPosition old)
    {
        old = position;
        if (_elements is null)
            return Place(ref position, null);
        ref uint spare = ref SpareOf(cpu);
        uint number;
        SpinWait wait = default;
        while ((number = Interlocked.Exchange(ref spare, 0)) == 0)
            wait.SpinOnce();
        position.Element = Element(number);
        return true;
    }

    /// <summary>Ends what <see cref="StartReplacing"/> began.</summary>
    public void FinishReplacing(ref HashPosition position, int cpu, ref HashPosition old)
    {
        Publish(position);
        // In buckets the key moves: a reader that had passed the new place before must know it when it finds the old one withdrawn.
        HashBucket.Retire(position.Home);
        if (_elements is null)
        {
            Remove(ref old);
            return;
        }
        Volatile.Write(ref SpareOf(cpu), NumberIn(old.Element));
    }

    /// <summary>Withdraws the element found. It may be used again afterwards.</summary>
    public void Remove(ref HashPosition position)
    {
        HashBucket* bucket = position.Bucket;
        Volatile.Write(ref bucket->Tags[position.Slot], 0);
        if (_elements is not null)
            Volatile.Write(ref HashBucket.Numbers(bucket)[position.Slot], 0);
        uint emptied = 0;
        if (bucket != position.Home && IsEmpty(bucket))
        {
            HashBucket* before = position.Home;
            while (BucketAt(State, before->Next) != bucket)
                before = BucketAt(State, before->Next);
            emptied = before->Next;
            Volatile.Write(ref before->Next, bucket->Next);
        }
        HashBucket.Retire(position.Home);
        if (emptied != 0)
            FreeBucket(emptied);
    }

    /// <summary>Finds the next element at or after a place in the table's order and locks its home bucket; false (nothing locked) at the end.</summary>
    /// <param name="place">Home bucket in the high half, slots passed in its chain in the low half. Moves to the element found.</param>
    /// <param name="position">Where the element is; <see cref="Unlock"/> must follow when there is one.</param>
    public bool Seek(ref ulong place, out HashPosition position)
    {
        position = default;
        for (; place >> 32 < State->Homes; place = ((place >> 32) + 1) << 32)
        {
            position.Home = BucketAt(State, place >> 32);
            if (Volatile.Read(ref position.Home->Next) == 0 && IsEmpty(position.Home))
                continue;
            HashBucket.Enter(position.Home);
            uint passed = (uint)place;
            position.Bucket = position.Home;
            for (position.Depth = 0; ; position.Depth++)
            {
                for (position.Slot = 0; position.Slot < State->Slots; position.Slot++)
                {
                    uint order = (uint)(position.Depth * State->Slots + position.Slot);
                    if (position.Bucket->Tags[position.Slot] == 0 || order < passed)
                        continue;
                    position.Element = ElementAt(position.Bucket, position.Slot);
                    place = (place & ~0xffff_ffffUL) | order;
                    return true;
                }
                if (position.Bucket->Next == 0)
                    break;
                position.Bucket = BucketAt(State, position.Bucket->Next);
            }
            HashBucket.Exit(position.Home);
        }
        return false;
    }

    /// <summary>The place right after a key in the table's order; the table's start when the key is not there.</summary>
    public ulong PlaceAfter(byte* key)
    {
        HashPosition position = Lock(key);
        ulong home = (ulong)((byte*)position.Home - State->Buckets) >> State->BucketShift;
        ulong place = position.Element == null ? 0 : home << 32 | (uint)(position.Depth * State->Slots + position.Slot + 1);
        Unlock(ref position);
        return place;
    }

    private void Locate(ref HashPosition position, byte* key)
    {
        byte tag = HashBucket.Tag(position.Hash);
        var wanted = TKey.Read(key, State->KeySize);
        position.Bucket = position.Home;
        for (position.Depth = 0; ; position.Depth++)
        {
            for (uint hits = HashBucket.Matches(position.Bucket, tag, State->SlotMask); hits != 0; hits &= hits - 1)
            {
                position.Slot = BitOperations.TrailingZeroCount(hits);
                position.Element = ElementAt(position.Bucket, position.Slot);
                if (wanted.IsAt(position.Element))
                    return;
            }
            position.Element = null;
            if (position.Bucket->Next == 0)
                return;
            position.Bucket = BucketAt(State, position.Bucket->Next);
        }
    }

    // The first free slot of the chain, which grows by a bucket when it has none.
    private bool FindFreeSlot(ref HashPosition position)
    {
        HashBucket* bucket = position.Home;
        uint free;
        while ((free = HashBucket.Matches(bucket, 0, State->SlotMask)) == 0 && bucket->Next != 0)
            bucket = BucketAt(State, bucket->Next);
        if (free == 0)
        {
            uint added = TakeBucket();
            if (added == 0)
                return false;
            HashBucket* last = BucketAt(State, added);
            NativeBytes.Clear((byte*)last, sizeof(HashBucket));
            last->Version = (uint)((ulong)((byte*)position.Home - State->Buckets) >> State->BucketShift);
            Volatile.Write(ref bucket->Next, added);
            bucket = last;
            free = 1;
        }
        position.Bucket = bucket;
        position.Slot = BitOperations.TrailingZeroCount(free);
        return true;
    }

    private byte* ElementAt(HashBucket* bucket, int slot) =>
        _elements is null ? NearSlots.ElementAt(null, State->Stride, bucket, slot) : ArenaSlots.ElementAt(State->Elements, State->Stride, bucket, slot);

    private ref uint SpareOf(int cpu) => ref _spares[(uint)cpu < (uint)_spares.Length ? cpu : 0];

    private uint NumberIn(byte* element) => (uint)((ulong)(element - State->Elements) / State->Stride);

    private bool IsEmpty(HashBucket* bucket) => HashBucket.Matches(bucket, 0, State->SlotMask) == State->SlotMask;
}
