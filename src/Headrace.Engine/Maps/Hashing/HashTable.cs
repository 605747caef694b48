using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Headrace.Engine;

/// <summary>The table under every hash map: buckets of one cache line, elements in one arena, look-ups without locks.</summary>
/// <remarks>
/// <para>A look-up reads the home bucket's line and the element's. Buckets hold 2.5 to 5 elements at the map's limit, so that chains are rare.</para>
/// <para>Writers lock the home bucket. They fill an element before its number is published in the bucket, and raise the bucket's
/// version after a number was withdrawn and before the element can be used again. A reader that finds the version unchanged after
/// its search has therefore seen only elements that were in the chain; otherwise it searches again, a bounded number of times, then
/// once under the lock.</para>
/// </remarks>
internal sealed unsafe partial class HashTable<TKey> : IDisposable where TKey : struct, IKey
{
    private const int ElementsPerBucket = 5;
    private const int OptimisticSearches = 64;
    private const uint CacheLine = 64;
    private const ulong LargestHugeBuckets = 256 << 20;

    private readonly NativeBlock _stateMemory;
    private readonly NativeBlock _buckets;
    private readonly NativeBlock _elements;

    /// <summary>Makes a table.</summary>
    /// <param name="keySize">Bytes of a key.</param>
    /// <param name="valueSize">Bytes an element keeps for its value; 0 when values are elsewhere.</param>
    /// <param name="capacity">Elements it may hold.</param>
    /// <param name="spares">Elements beyond the capacity, for replacing.</param>
    /// <param name="evicts">True when elements carry a <see cref="LruMark"/>.</param>
    /// <param name="seeded">True for a random hash seed.</param>
    public HashTable(int keySize, int valueSize, uint capacity, uint spares, bool evicts, bool seeded)
    {
        int valueOffset = NativeBytes.RoundUp8(keySize) + (evicts ? sizeof(LruMark) : 0);
        uint stride = (uint)NativeBytes.RoundUp8(checked(valueOffset + valueSize));
        // No element of less than a cache line straddles two; numbers of bare keys, which index values elsewhere, come by a shift.
        if (stride < 64 || valueSize == 0)
            stride = BitOperations.RoundUpToPowerOf2(stride);
        // 2^31 home buckets at most: the limit of max_entries that the kernel's own table has.
        uint homes = BitOperations.RoundUpToPowerOf2(Math.Max(1, capacity / ElementsPerBucket + 1));
        ulong buckets = (ulong)homes * 2;
        if (capacity > uint.MaxValue - spares || buckets > uint.MaxValue)
            throw new OutOfMemoryException();

        _stateMemory = new NativeBlock(1, (ulong)sizeof(HashTableState));
        _buckets = new NativeBlock(buckets, (ulong)sizeof(HashBucket));
        // Elements are taken one after the other; buckets are touched anywhere at once, so that a huge table would be backed whole.
        _elements = new NativeBlock((ulong)capacity + spares + 1, stride).PreferHugePages();
        if (_buckets.Length <= LargestHugeBuckets)
            _buckets.PreferHugePages();
        State = (HashTableState*)_stateMemory.Address;
        State->Buckets = (HashBucket*)_buckets.Address;
        State->Elements = _elements.Address;
        State->Seed = seeded ? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) : 0;
        State->Mask = homes - 1;
        State->Stride = stride;
        State->StrideShift = BitOperations.Log2(stride);
        State->KeySize = keySize;
        State->ValueOffset = valueOffset;
        State->MarkOffset = evicts ? valueOffset - sizeof(LruMark) : 0;
        State->LastElement = capacity + spares;
        State->BucketCount = (uint)buckets;
        State->Capacity = capacity;
    }

    /// <summary>The native part, constant for the table's life.</summary>
    public HashTableState* State { get; private set; }

    /// <summary>Bytes of the element arena.</summary>
    public ulong ArenaLength => _elements.Length;

    /// <summary>The element that holds a key, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Find(HashTableState* table, byte* key)
    {
        ulong hash = TKey.Hash(key, table->KeySize, table->Seed);
        HashBucket* home = table->Buckets + ((uint)hash & table->Mask);
        uint version = Volatile.Read(ref home->Version);
        byte* element = Search(table, home, Tag(hash), key);
        Volatile.ReadBarrier();
        return home->Version == version ? element : FindAmongWrites(table, home, hash, key);
    }

    /// <summary>True when the table is large once it is full.</summary>
    public bool MayBeLarge => _elements.Length + _buckets.Length >= Cache.LargeTable;

    /// <summary>Asks for the line of a key's home bucket; false when the table holds little.</summary>
    public static bool Stage(HashTableState* table, byte* key, StagedLookup* lookup)
    {
        if ((ulong)table->TakenElements * (table->Stride + (ulong)sizeof(HashBucket) / ElementsPerBucket) < Cache.LargeTable)
            return false;
        ulong hash = TKey.Hash(key, table->KeySize, table->Seed);
        Cache.Fetch(table->Buckets + ((uint)hash & table->Mask));
        lookup->Place = table;
        lookup->First = hash;
        lookup->Step = &StageElement;
        return true;
    }

    // Asks for the first element with the key's tag; false tags are one in some ten thousand.
    private static bool StageElement(StagedLookup* lookup)
    {
        HashTableState* table = (HashTableState*)lookup->Place;
        HashBucket* home = table->Buckets + ((uint)lookup->First & table->Mask);
        uint hits = Vector128.Equals(Vector128.Load(home->Tags), Vector128.Create(Tag(lookup->First))).ExtractMostSignificantBits();
        if (hits == 0)
            return false;
        byte* element = table->Elements + (ulong)home->Elements[BitOperations.TrailingZeroCount(hits)] * table->Stride;
        Cache.Fetch(element);
        if (table->Stride > CacheLine)
            Cache.Fetch(element + table->ValueOffset);
        return false;
    }

    /// <summary>The number of the element at an address in the arena, in tables whose values are elsewhere.</summary>
    public static uint NumberOf(HashTableState* table, byte* element) => (uint)((ulong)(element - table->Elements) >> table->StrideShift);

    /// <summary>Address of an element.</summary>
    public byte* Element(uint number) => State->Elements + (ulong)number * State->Stride;

    public void Dispose()
    {
        _elements.Dispose();
        _buckets.Dispose();
        _stateMemory.Dispose();
        State = null;
    }

    private static ushort Tag(ulong hash) => (ushort)(hash >> 48 | 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Search(HashTableState* table, HashBucket* bucket, ushort tag, byte* key)
    {
        Vector128<ushort> wanted = Vector128.Create(tag);
        for (uint steps = 0; steps < table->BucketCount; steps++)
        {
            uint hits = Vector128.Equals(Vector128.Load(bucket->Tags), wanted).ExtractMostSignificantBits();
            for (; hits != 0; hits &= hits - 1)
            {
                uint number = Volatile.Read(ref bucket->Elements[BitOperations.TrailingZeroCount(hits)]);
                byte* element = table->Elements + (ulong)number * table->Stride;
                if (number != 0 && TKey.Equal(element, key, table->KeySize))
                    return element;
            }
            uint next = Volatile.Read(ref bucket->Next);
            if (next == 0)
                return null;
            bucket = table->Buckets + next;
        }
        return null; // a chain that changed under the reader; its version did too
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* FindAmongWrites(HashTableState* table, HashBucket* home, ulong hash, byte* key)
    {
        for (int attempt = 0; attempt < OptimisticSearches; attempt++)
        {
            uint version = Volatile.Read(ref home->Version);
            byte* element = Search(table, home, Tag(hash), key);
            Volatile.ReadBarrier();
            if (home->Version == version)
                return element;
        }
        SpinWord.Enter(&home->Lock);
        byte* found = Search(table, home, Tag(hash), key);
        SpinWord.Exit(&home->Lock);
        return found;
    }
}
