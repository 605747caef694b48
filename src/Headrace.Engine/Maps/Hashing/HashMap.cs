using System.Reflection;
using System.Runtime.CompilerServices;
using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>A hash table of values (<c>BPF_MAP_TYPE_HASH</c>, <c>BPF_MAP_TYPE_LRU_HASH</c>).</summary>
/// <remarks>
/// Memory is taken once and backed by the system as it is used, with or without <c>BPF_F_NO_PREALLOC</c>.
/// <c>BPF_F_NO_COMMON_LRU</c> changes the capacity as in the kernel; the eviction order is one for all CPUs.
/// </remarks>
internal sealed unsafe class HashMap<TKey, TFull, TSlots> : HashMapBase<TKey, TFull>
    where TKey : struct, IKey<TKey>
    where TFull : struct, IWhenFull
    where TSlots : struct, ISlots
{
    private readonly HashTableState* _table;

    public HashMap(MapSpec spec, int cpus) : base(spec, cpus, checked((int)spec.ValueSize), TSlots.IsNear)
    {
        _table = Table.State;
    }

    private protected override bool UpdatesInPlace => false;

    internal override byte* Lookup(byte* key, int cpu)
    {
        byte* element = HashTable<TKey>.Find<TSlots, TFull>(_table, key);
        return element == null ? null : element + _table->ValueOffset;
    }

    internal override DirectLookup DirectLookup => new(
        typeof(HashMap<TKey, TFull, TSlots>).GetMethod(nameof(LookupIn), BindingFlags.Static | BindingFlags.NonPublic)!,
        [(nint)_table, _table->KeySize, _table->Seed, (nint)_table->Buckets, _table->Homes, _table->BucketShift, _table->SlotMask, (nint)_table->Elements, _table->Stride, _table->ValueOffset]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* LookupIn(
        byte* key, HashTableState* table, int keySize, ulong seed, byte* buckets, uint homes, int bucketShift, uint slotMask, byte* elements, uint stride, int valueOffset)
    {
        byte* element = HashTable<TKey>.Find<TSlots, TFull>(table, key, keySize, seed, buckets, homes, bucketShift, slotMask, elements, stride);
        return element == null ? null : element + valueOffset;
    }

    internal override byte* Find(byte* key, int cpu)
    {
        byte* element = HashTable<TKey>.Find<TSlots>(_table, key);
        return element == null ? null : element + _table->ValueOffset;
    }

    internal override bool Stage(byte* key, StagedLookup* lookup, int cpu)
    {
        HashTable<TKey>.Stage<TSlots>(_table, key, lookup);
        return true;
    }

    internal override bool Contains(ulong address, ulong size) => Table.Contains(address, size, ValueSize);

    private protected override void MarkUsed(in HashPosition position)
    {
        if (TSlots.IsNear)
            HashTable<TKey>.MarkUsed(position.Bucket, position.Slot);
        else
            MarkUsed(position.Element);
    }

    private protected override void WriteNew(byte* element, byte* value, int cpu, bool allCpus) =>
        Layout.WriteNew(element + _table->ValueOffset, value);

    private protected override void WriteLive(byte* element, byte* value, bool locked, int cpu, bool allCpus) =>
        Layout.WriteLocked(element + _table->ValueOffset, value);

    private protected override void ReadOut(byte* element, byte* value, bool locked)
    {
        byte* from = element + _table->ValueOffset;
        if (locked)
            Layout.ReadLocked(value, from);
        else
            Layout.Read(value, from);
    }
}
