using System.Numerics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Headrace.Engine;

/// <summary>The table under every hash map: chains of buckets, most of them one bucket long; look-ups without locks.</summary>
/// <remarks>
/// <para>A small table keeps its elements in an arena and their numbers in buckets. A freed element is the next one used, for whatever key, as in the
/// kernel. A large table of small elements keeps them in the buckets (<see cref="NearSlots"/>): a look-up misses the cache once.</para>
/// <para>Writers lock the home bucket. They fill an element before its tag is published in the bucket, and raise the home bucket's
/// version after a tag was withdrawn and before the element can be used again; where a key moves to another place, also before the old
/// tag is withdrawn. A reader that finds the version unchanged after its search has therefore seen only elements that were in the chain
/// and missed none; otherwise it searches again, a bounded number of times, then once under the lock.</para>
/// </remarks>
internal sealed unsafe partial class HashTable<TKey> : IDisposable where TKey : struct, IKey<TKey>
{
    private const int ElementsPerBucket = 4;
    private const int OptimisticSearches = 64;
    private const uint CacheLine = 64;
    private const ulong LargestHugeBuckets = 1 << 30;

    private readonly NativeBlock _stateMemory;
    private readonly NativeBlock _buckets;
    private readonly NativeBlock? _elements;
    private readonly uint[] _spares;

    /// <summary>Makes a table.</summary>
    /// <param name="keySize">Bytes of a key.</param>
    /// <param name="valueSize">Bytes an element keeps for its value; 0 when values are elsewhere.</param>
    /// <param name="capacity">Elements it may hold.</param>
    /// <param name="spares">Elements beyond the capacity, for replacing: one a CPU.</param>
    /// <param name="evicts">True when it notes which elements were used.</param>
    /// <param name="seeded">True for a random hash seed.</param>
    /// <param name="near">True to keep elements in the buckets: see <see cref="ShouldBeNear"/>.</param>
    public HashTable(int keySize, int valueSize, uint capacity, uint spares, bool evicts, bool seeded, bool near)
    {
        int valueOffset = NativeBytes.RoundUp8(keySize) + (evicts && !near ? sizeof(LruMark) : 0);
        uint stride = (uint)NativeBytes.RoundUp8(checked(valueOffset + valueSize));
        // No element of less than a cache line straddles two; numbers of bare keys, which index values elsewhere, come by a shift.
        if (!near && (stride < CacheLine || valueSize == 0))
            stride = BitOperations.RoundUpToPowerOf2(stride);
        uint bucketSize = near ? NearBucketSize(stride) : CacheLine;
        int slots = near ? NearSlotsOf(stride) : HashBucket.NumberSlots;
        // Random keys overflow some one in twenty buckets.
        ulong homes = near ? (ulong)capacity * 10 / (slots == 2 ? 8u : 15u) + 1 : (ulong)capacity / ElementsPerBucket + 1;
        ulong overflow = homes / 2 + (uint)(near ? 64 : 1) + spares;
        if (capacity > uint.MaxValue - spares || homes + overflow > uint.MaxValue)
            throw new OutOfMemoryException();

        _stateMemory = new NativeBlock(1, (ulong)sizeof(HashTableState));
        _buckets = new NativeBlock(homes + overflow, bucketSize);
        // Elements are taken one after the other; buckets are touched anywhere at once, so that a huge table would be backed whole.
        if (!near)
            _elements = new NativeBlock((ulong)capacity + spares + 1, stride).PreferHugePages();
        if (_buckets.Length <= LargestHugeBuckets)
            _buckets.PreferHugePages();
        State = (HashTableState*)_stateMemory.Address;
        State->Buckets = _buckets.Address;
        State->Elements = _elements is null ? null : _elements.Address;
        State->Seed = seeded ? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1 : FoldedMultiply.Second;
        State->Homes = (uint)homes;
        State->OverflowBuckets = (uint)overflow;
        State->BucketShift = BitOperations.Log2(bucketSize);
        State->Stride = stride;
        State->StrideShift = BitOperations.Log2(stride);
        State->KeySize = keySize;
        State->ValueOffset = valueOffset;
        State->MarkOffset = evicts && !near ? valueOffset - sizeof(LruMark) : 0;
        State->Slots = slots;
        State->SlotMask = (1u << slots) - 1;
        State->LastElement = capacity + spares;
        State->Capacity = capacity;
        _spares = new uint[near ? 0 : spares];
        for (uint i = 0; i < _spares.Length; i++)
            _spares[i] = capacity + 1 + i;
    }

    /// <summary>The native part, constant for the table's life.</summary>
    public HashTableState* State { get; private set; }

    /// <summary>True when a table is better off with its elements in its buckets: small ones, together more than a cache.</summary>
    public static bool ShouldBeNear(int keySize, int valueSize, uint capacity)
    {
        ulong stride = (ulong)NativeBytes.RoundUp8(keySize) + (ulong)NativeBytes.RoundUp8(valueSize);
        return HashBucket.Size + 2 * stride <= 2 * CacheLine && capacity * stride >= HashMaps.NearFrom;
    }

    /// <summary>The element that holds a key, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Find<TSlots>(HashTableState* table, byte* key) where TSlots : struct, ISlots => Find<TSlots, RefuseWhenFull>(table, key);

    /// <summary>The same; in tables that evict, the element is noted as used.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Find<TSlots, TFull>(HashTableState* table, byte* key) where TSlots : struct, ISlots where TFull : struct, IWhenFull =>
        Find<TSlots, TFull>(table, key, table->KeySize, table->Seed, table->Buckets, table->Homes, table->BucketShift, table->SlotMask, table->Elements, table->Stride);

    /// <summary>The same, for programs: what the table's state says is handed over, so that it becomes part of their code.</summary>
    /// <remarks>
    /// As short as can be: where tables are larger than caches, the fewer instructions a packet takes, the more packets fit into the
    /// processor's window, and their misses overlap. All that is rare is elsewhere.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Find<TSlots, TFull>(HashTableState* table, byte* key, int keySize, ulong seed, byte* buckets, uint homes, int bucketShift, uint slotMask, byte* elements, uint stride)
        where TSlots : struct, ISlots where TFull : struct, IWhenFull
    {
        var wanted = TKey.Read(key, keySize);
        uint hash = FoldedMultiply.Spread(wanted.Hash(seed));
        HashBucket* home = HomeOf(buckets, homes, bucketShift, hash);
        if (TSlots.IsNear && bucketShift > 6)
            Cache.Fetch((byte*)home + CacheLine);
        uint version = Volatile.Read(ref home->Version);
        uint hits = HashBucket.Matches(home, HashBucket.Tag(hash), slotMask);
        if (hits == 0)
        {
            uint next = Volatile.Read(ref home->Next);
            Volatile.ReadBarrier();
            if (next == 0 && home->Version == version)
                return null;
        }
        else
        {
            int slot = BitOperations.TrailingZeroCount(hits);
            byte* element = TSlots.ElementAt(elements, stride, home, slot);
            if ((TSlots.IsNear || element != elements) && wanted.IsAt(element))
            {
                Volatile.ReadBarrier();
                if (home->Version == version)
                {
                    if (TFull.Evicts)
                        MarkUsed<TSlots>(table, home, slot, element);
                    return element;
                }
            }
        }
        return FindInChain<TSlots, TFull>(table, hash, key);
    }

    /// <summary>The number of the element at an address in the arena, in tables whose values are elsewhere.</summary>
    public static uint NumberOf(HashTableState* table, byte* element) => (uint)((ulong)(element - table->Elements) >> table->StrideShift);

    /// <summary>True when the program may touch so many bytes at an address: they lie inside one value.</summary>
    public bool Contains(ulong address, ulong size, int valueSize)
    {
        ulong offset, inside;
        if (_elements is null)
        {
            offset = address - (ulong)State->Buckets;
            if (offset >= _buckets.Length)
                return false;
            offset = offset % (1UL << State->BucketShift) - HashBucket.Size;
            if (offset >= State->Stride * (ulong)State->Slots)
                return false;
        }
        else
        {
            offset = address - (ulong)State->Elements;
            if (offset >= _elements.Length)
                return false;
        }
        inside = offset % State->Stride - (ulong)State->ValueOffset; // of a key: beyond any size
        return inside <= (ulong)valueSize && size <= (ulong)valueSize - inside;
    }

    public void Dispose()
    {
        _elements?.Dispose();
        _buckets.Dispose();
        _stateMemory.Dispose();
        State = null;
    }

    private static uint NearBucketSize(uint stride) => HashBucket.Size + 2 * stride <= CacheLine ? CacheLine : 2 * CacheLine;

    private static int NearSlotsOf(uint stride) => Math.Min(HashBucket.MostNearSlots, (int)((NearBucketSize(stride) - HashBucket.Size) / stride));

    private static uint HashOf(HashTableState* table, byte* key) => FoldedMultiply.Spread(TKey.Read(key, table->KeySize).Hash(table->Seed));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static HashBucket* HomeOf(byte* buckets, uint homes, int bucketShift, uint hash) =>
        (HashBucket*)(buckets + (((ulong)hash * homes >> 32) << bucketShift));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static HashBucket* HomeOf(HashTableState* table, uint hash) => HomeOf(table->Buckets, table->Homes, table->BucketShift, hash);

    private static HashBucket* BucketAt(HashTableState* table, ulong number) => (HashBucket*)(table->Buckets + (number << table->BucketShift));

    // The key is not in the first place that has its tag, or somebody writes.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* FindInChain<TSlots, TFull>(HashTableState* table, uint hash, byte* key) where TSlots : struct, ISlots where TFull : struct, IWhenFull
    {
        var wanted = TKey.Read(key, table->KeySize);
        HashBucket* home = HomeOf(table, hash);
        for (int attempt = 0; ; attempt++)
        {
            bool locks = attempt == OptimisticSearches;
            if (locks)
                HashBucket.Enter(home);
            uint version = HashBucket.VersionOf(home);
            byte* element = Search<TSlots>(table, home, HashBucket.Tag(hash), wanted, out HashBucket* bucket, out int slot);
            Volatile.ReadBarrier();
            bool certain = HashBucket.VersionOf(home) == version;
            if (locks)
                HashBucket.Exit(home);
            if (!certain)
                continue;
            if (TFull.Evicts && element != null)
                MarkUsed<TSlots>(table, bucket, slot, element);
            return element;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Search<TSlots>(HashTableState* table, HashBucket* at, byte tag, TKey key, out HashBucket* bucket, out int slot)
        where TSlots : struct, ISlots
    {
        bucket = at;
        slot = 0;
        // A chain that changed under the reader may lead anywhere; its version did change too.
        for (uint steps = 0; steps <= table->OverflowBuckets; steps++)
        {
            uint hits = HashBucket.Matches(bucket, tag, table->SlotMask);
            Volatile.ReadBarrier();
            for (; hits != 0; hits &= hits - 1)
            {
                slot = BitOperations.TrailingZeroCount(hits);
                byte* element = TSlots.ElementAt(table->Elements, table->Stride, bucket, slot);
                if ((TSlots.IsNear || element != table->Elements) && key.IsAt(element))
                    return element;
            }
            uint next = Volatile.Read(ref bucket->Next);
            if (next == 0)
                return null;
            bucket = BucketAt(table, next);
        }
        return null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MarkUsed<TSlots>(HashTableState* table, HashBucket* bucket, int slot, byte* element) where TSlots : struct, ISlots
    {
        if (TSlots.IsNear)
        {
            MarkUsed(bucket, slot);
            return;
        }
        LruMark* mark = (LruMark*)(element + table->MarkOffset);
        if (mark->Used == 0)
            mark->Used = 1;
    }
}
