using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>Interfaces to redirect to, by key (<c>BPF_MAP_TYPE_DEVMAP_HASH</c>).</summary>
/// <remarks>As with <see cref="DevMap"/>, any interface index but 0 is taken.</remarks>
internal sealed unsafe class DevMapHash(MapSpec spec, int cpus) : HashMapBase<Key4, RefuseWhenFull>(spec, cpus, sizeof(ulong))
{
    internal override bool ProgramMayWrite => false;

    private protected override bool UpdatesInPlace => false;

    private protected override bool HasBatchLookup => false;

    private protected override bool HasBatchUpdate => false;

    private protected override bool HasBatchDelete => false;

    private protected override bool HasBatchTake => false;

    internal override byte* Lookup(byte* key, int cpu)
    {
        byte* element = HashTable<Key4>.Find<ArenaSlots>(Table.State, key);
        return element == null ? null : element + Table.State->ValueOffset;
    }

    internal override int Update(byte* key, byte* value, ulong flags, int cpu)
    {
        if (flags > (ulong)MapUpdateFlags.Exist || *(uint*)value == 0)
            return -Errno.EINVAL;
        if (flags == (ulong)MapUpdateFlags.NoExist && Lookup(key, cpu) != null)
            return -Errno.EEXIST;
        if (!DeviceValue.TryRead(value, ValueSize, AttachType.XdpDevmap, out ulong slot))
            return -Errno.EINVAL;
        // The kernel takes BPF_EXIST here and does not ask for an element.
        return Store(key, (byte*)&slot, flags & (ulong)MapUpdateFlags.NoExist, cpu, allCpus: true);
    }

    internal override bool Contains(ulong address, ulong size) => Table.Contains(address, size, ValueSize);

    private protected override void WriteNew(byte* element, byte* value, int cpu, bool allCpus) =>
        NativeBytes.Copy(element + Table.State->ValueOffset, value, sizeof(ulong));

    private protected override void WriteLive(byte* element, byte* value, bool locked, int cpu, bool allCpus) =>
        WriteNew(element, value, cpu, allCpus);

    private protected override void ReadOut(byte* element, byte* value, bool locked) =>
        NativeBytes.Copy(value, element + Table.State->ValueOffset, ValueSize);

    private protected override int CopyIn(byte* key, byte* value, ulong flags) => Update(key, value, flags, 0);

    private protected override int TakeOut(byte* key, byte* value, ulong flags) => -Errno.ENOTSUPP;
}
