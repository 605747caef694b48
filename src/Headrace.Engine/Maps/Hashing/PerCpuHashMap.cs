using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>A hash table with one value a CPU (<c>BPF_MAP_TYPE_PERCPU_HASH</c>, <c>BPF_MAP_TYPE_LRU_PERCPU_HASH</c>).</summary>
/// <remarks>Each CPU's values are one run of memory beside the table, so that CPUs do not write to each other's cache lines.</remarks>
internal sealed unsafe class PerCpuHashMap<TKey, TFull> : HashMapBase<TKey, TFull>
    where TKey : struct, IKey<TKey>
    where TFull : struct, IWhenFull
{
    private const ulong CacheLine = 64;
    private readonly NativeBlock _values;
    private readonly HashTableState* _table;

    public PerCpuHashMap(MapSpec spec, int cpus) : base(spec, cpus, valueSize: 0)
    {
        _table = Table.State;
        ValueStride = (uint)NativeBytes.RoundUp8(ValueSize);
        CpuStride = (((ulong)_table->LastElement + 1) * ValueStride + CacheLine - 1) & ~(CacheLine - 1);
        _values = new NativeBlock((ulong)cpus, CpuStride);
        BaseAddress = _values.Address;
    }

    /// <summary>The value of element number i on CPU c is at BaseAddress + c * CpuStride + i * ValueStride.</summary>
    public byte* BaseAddress { get; }

    /// <summary>Bytes from one element's value to the next one's: the value size rounded up to 8.</summary>
    public uint ValueStride { get; }

    /// <summary>Bytes from one CPU's values to the next one's.</summary>
    public ulong CpuStride { get; }

    public override int UserValueSize => checked((int)ValueStride * Cpus);

    private protected override bool UpdatesInPlace => true;

    internal override byte* Lookup(byte* key, int cpu)
    {
        byte* element = HashTable<TKey>.Find<ArenaSlots, TFull>(_table, key);
        return element == null || (uint)cpu >= (uint)Cpus ? null : Value(element, cpu);
    }

    internal override byte* Find(byte* key, int cpu)
    {
        byte* element = HashTable<TKey>.Find<ArenaSlots>(_table, key);
        return element == null || (uint)cpu >= (uint)Cpus ? null : Value(element, cpu);
    }

    internal override int Update(byte* key, byte* value, ulong flags, int cpu) =>
        (uint)cpu < (uint)Cpus ? base.Update(key, value, flags, cpu) : -Errno.EINVAL;

    internal override bool Contains(ulong address, ulong size)
    {
        ulong offset = address - (ulong)BaseAddress;
        if (offset >= _values.Length)
            return false;
        ulong inside = offset % CpuStride % ValueStride;
        return inside <= (ulong)ValueSize && size <= (ulong)ValueSize - inside;
    }

    private protected override void WriteNew(byte* element, byte* value, int cpu, bool allCpus)
    {
        if (!allCpus)
        {
            for (int other = 0; other < Cpus; other++)
                NativeBytes.Clear(Value(element, other), (int)ValueStride);
        }
        WriteLive(element, value, false, cpu, allCpus);
    }

    private protected override void WriteLive(byte* element, byte* value, bool locked, int cpu, bool allCpus)
    {
        if (!allCpus)
        {
            Layout.Write(Value(element, cpu), value);
            return;
        }
        for (int each = 0; each < Cpus; each++)
            NativeBytes.Copy(Value(element, each), value + each * ValueStride, (int)ValueStride);
    }

    private protected override void ReadOut(byte* element, byte* value, bool locked)
    {
        for (int cpu = 0; cpu < Cpus; cpu++)
            NativeBytes.Copy(value + cpu * ValueStride, Value(element, cpu), (int)ValueStride);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _values.Dispose();
    }

    private byte* Value(byte* element, int cpu) =>
        BaseAddress + (ulong)cpu * CpuStride + (ulong)HashTable<TKey>.NumberOf(_table, element) * ValueStride;
}
