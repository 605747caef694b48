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
internal sealed unsafe partial class HashTable<TKey> : IDisposable where TKey : struct, IKey
{
    private const int ElementsPerBucket = 4;
    private const int OptimisticSearches = 64;
    private const uint CacheLine = 64;
    private const ulong LargestHugeBuckets = 512 << 20;

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
        State->Seed = seeded ? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) : 0;
        State->Homes = (uint)homes;
        State->OverflowBuckets = (uint)overflow;
        State->BucketShift = BitOperations.Log2(bucketSize);
        State->Stride = stride;
        State->StrideShift = BitOperations.Log2(stride);
        State->KeySize = keySize;
        State->ValueOffset = valueOffset;
        State->MarkOffset = evicts && !near ? valueOffset - sizeof(LruMark) : 0;
        State->Slots = slots;
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
    public static byte* Find<TSlots>(HashTableState* table, byte* key, out HashBucket* bucket, out int slot) where TSlots : struct, ISlots
    {
        ulong hash = TKey.Hash(key, table->KeySize, table->Seed);
        HashBucket* home = Home(table, hash);
        if (TSlots.IsNear && table->BucketShift > 6)
            Cache.Fetch((byte*)home + CacheLine);
        uint version = HashBucket.VersionOf(home);
        byte* element = Search<TSlots>(table, home, Tag(hash), key, out bucket, out slot);
        Volatile.ReadBarrier();
        return HashBucket.VersionOf(home) == version ? element : FindAmongWrites<TSlots>(table, home, hash, key, out bucket, out slot);
    }

    /// <summary>As <see cref="Find{TSlots}(HashTableState*, byte*, out HashBucket*, out int)"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Find<TSlots>(HashTableState* table, byte* key) where TSlots : struct, ISlots => Find<TSlots>(table, key, out _, out _);

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static HashBucket* Home(HashTableState* table, ulong hash) =>
        (HashBucket*)(table->Buckets + (((ulong)(uint)hash * table->Homes >> 32) << table->BucketShift));

    private static HashBucket* BucketAt(HashTableState* table, ulong number) => (HashBucket*)(table->Buckets + (number << table->BucketShift));

    private static byte Tag(ulong hash) => (byte)Math.Max((uint)(hash >> 56), 1);

    private static uint SlotMask(HashTableState* table) => (1u << table->Slots) - 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Search<TSlots>(HashTableState* table, HashBucket* at, byte tag, byte* key, out HashBucket* bucket, out int slot)
        where TSlots : struct, ISlots
    {
        bucket = at;
        slot = 0;
        // A chain that changed under the reader may lead anywhere; its version did change too.
        for (uint steps = 0; steps <= table->OverflowBuckets; steps++)
        {
            uint hits = HashBucket.Matches(bucket, tag, TSlots.IsNear ? SlotMask(table) : byte.MaxValue);
            Volatile.ReadBarrier();
            for (; hits != 0; hits &= hits - 1)
            {
                slot = BitOperations.TrailingZeroCount(hits);
                byte* element = TSlots.ElementAt(table, bucket, slot);
                if ((TSlots.IsNear || element != table->Elements) && TKey.Equal(element, key, table->KeySize))
                    return element;
            }
            uint next = Volatile.Read(ref bucket->Next);
            if (next == 0)
                return null;
            bucket = BucketAt(table, next);
        }
        return null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* FindAmongWrites<TSlots>(HashTableState* table, HashBucket* home, ulong hash, byte* key, out HashBucket* bucket, out int slot)
        where TSlots : struct, ISlots
    {
        for (int attempt = 0; attempt < OptimisticSearches; attempt++)
        {
            uint version = HashBucket.VersionOf(home);
            byte* element = Search<TSlots>(table, home, Tag(hash), key, out bucket, out slot);
            Volatile.ReadBarrier();
            if (HashBucket.VersionOf(home) == version)
                return element;
        }
        HashBucket.Enter(home);
        byte* found = Search<TSlots>(table, home, Tag(hash), key, out bucket, out slot);
        HashBucket.Exit(home);
        return found;
    }
}
