using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>Sockets to redirect to, by queue (<c>BPF_MAP_TYPE_XSKMAP</c>).</summary>
/// <remarks>Values are not file descriptors here but any number by which ports know the receiver. As in the kernel they cannot be read back as values.</remarks>
internal sealed unsafe class XskMap(MapSpec spec, int cpus) : SlotMap(spec, cpus)
{
    private const ulong Present = 1UL << 32;

    /// <summary>The receiver in a slot; false when the slot is empty or out of range.</summary>
    public bool TryGetReceiver(uint index, out uint receiver)
    {
        ulong slot = Get(index);
        receiver = (uint)slot;
        return slot != 0;
    }

    internal override int Update(byte* key, byte* value, ulong flags, int cpu)
    {
        if (flags > (ulong)MapUpdateFlags.Exist)
            return -Errno.EINVAL;
        uint index = *(uint*)key;
        if (index >= MaxEntries)
            return -Errno.E2BIG;
        ulong slot = Present | *(uint*)value, old = Get(index);
        if (old == slot)
            return 0;
        if (old != 0 && flags == (ulong)MapUpdateFlags.NoExist)
            return -Errno.EEXIST;
        if (old == 0 && flags == (ulong)MapUpdateFlags.Exist)
            return -Errno.ENOENT;
        Set(index, slot);
        return 0;
    }

    private protected override int CopyOut(byte* key, byte* value, ulong flags) => -Errno.EOPNOTSUPP;
}
