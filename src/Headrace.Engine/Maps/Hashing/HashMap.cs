using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>A hash table of values (<c>BPF_MAP_TYPE_HASH</c>, <c>BPF_MAP_TYPE_LRU_HASH</c>).</summary>
/// <remarks>
/// Memory is taken once and backed by the system as it is used, with or without <c>BPF_F_NO_PREALLOC</c>.
/// <c>BPF_F_NO_COMMON_LRU</c> changes the capacity as in the kernel; the eviction order is one for all CPUs.
/// </remarks>
internal sealed unsafe class HashMap<TKey, TFull> : HashMapBase<TKey, TFull>
    where TKey : struct, IKey
    where TFull : struct, IWhenFull
{
    private readonly HashTableState* _table;
    private readonly ulong _arena;
    private readonly ulong _arenaLength;

    public HashMap(MapSpec spec, int cpus) : base(spec, cpus, checked((int)spec.ValueSize))
    {
        _table = Table.State;
        _arena = (ulong)_table->Elements;
        _arenaLength = Table.ArenaLength;
    }

    private protected override bool UpdatesInPlace => false;

    internal override byte* Lookup(byte* key, int cpu)
    {
        HashTableState* table = _table;
        byte* element = HashTable<TKey>.Find(table, key);
        if (element == null)
            return null;
        if (TFull.Evicts)
            MarkUsed(element);
        return element + table->ValueOffset;
    }

    internal override byte* Find(byte* key, int cpu)
    {
        byte* element = HashTable<TKey>.Find(_table, key);
        return element == null ? null : element + _table->ValueOffset;
    }

    internal override bool Contains(ulong address, ulong size)
    {
        ulong offset = address - _arena;
        if (offset >= _arenaLength)
            return false;
        ulong inside = offset % _table->Stride - (ulong)_table->ValueOffset; // of a key: beyond any size
        return inside <= (ulong)ValueSize && size <= (ulong)ValueSize - inside;
    }

    private protected override void WriteNew(uint element, byte* value, int cpu, bool allCpus) =>
        Layout.WriteNew(Table.Element(element) + _table->ValueOffset, value);

    private protected override void WriteLive(uint element, byte* value, bool locked, int cpu, bool allCpus) =>
        Layout.WriteLocked(Table.Element(element) + _table->ValueOffset, value);

    private protected override void ReadOut(uint element, byte* value, bool locked)
    {
        byte* from = Table.Element(element) + _table->ValueOffset;
        if (locked)
            Layout.ReadLocked(value, from);
        else
            Layout.Read(value, from);
    }
}
