using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>Maps by key (<c>BPF_MAP_TYPE_HASH_OF_MAPS</c>). Programs look up handles; user code writes and reads ids.</summary>
/// <remarks>An inner map must outlive the programs that may find it: a disposed map's handle finds nothing any more.</remarks>
internal sealed unsafe class HashOfMaps<TKey>(MapSpec spec, int cpus) : HashMapBase<TKey, RefuseWhenFull>(spec, cpus, sizeof(ulong))
    where TKey : struct, IKey<TKey>
{
    private protected override bool UpdatesInPlace => true;

    internal override byte* Lookup(byte* key, int cpu)
    {
        byte* element = HashTable<TKey>.Find<ArenaSlots>(Table.State, key);
        return element == null ? null : (byte*)*HandleOf(element);
    }

    internal override int Update(byte* key, byte* value, ulong flags, int cpu) =>
        MapHandles.FindById(*(uint*)value) is { } inner ? SetInnerMap(key, inner, flags) : -Errno.EBADF;

    internal override int SetInnerMap(byte* key, Map inner, ulong flags)
    {
        if (!InnerMapRules.Accepts(this, inner))
            return -Errno.EINVAL;
        ulong handle = inner.Handle;
        return Store(key, (byte*)&handle, flags, 0, allCpus: true);
    }

    internal override bool Contains(ulong address, ulong size) => false;

    private protected override void WriteNew(byte* element, byte* value, int cpu, bool allCpus) =>
        Volatile.Write(ref *HandleOf(element), *(ulong*)value);

    private protected override void WriteLive(byte* element, byte* value, bool locked, int cpu, bool allCpus) =>
        WriteNew(element, value, cpu, allCpus);

    private protected override void ReadOut(byte* element, byte* value, bool locked) =>
        *(uint*)value = (uint)*HandleOf(element);

    private protected override int CopyIn(byte* key, byte* value, ulong flags) => Update(key, value, flags, 0);

    private protected override int TakeOut(byte* key, byte* value, ulong flags) => -Errno.ENOTSUPP;

    private ulong* HandleOf(byte* element) => (ulong*)(element + Table.State->ValueOffset);
}
