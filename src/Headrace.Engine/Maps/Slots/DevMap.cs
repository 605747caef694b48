using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>Interfaces to redirect to, by index (<c>BPF_MAP_TYPE_DEVMAP</c>).</summary>
/// <remarks>The kernel refuses the index of an interface that does not exist; in user space any but 0 is taken, and ports say later what it is.</remarks>
internal sealed unsafe class DevMap(MapSpec spec, int cpus) : SlotMap(spec, cpus)
{
    internal override int Update(byte* key, byte* value, ulong flags, int cpu)
    {
        int refused = ArrayKeys.CheckUpdate(*(uint*)key, MaxEntries, flags);
        if (refused != 0)
            return refused;
        bool known = DeviceValue.TryRead(value, ValueSize, AttachType.XdpDevmap, out ulong slot);
        if (!known || ((uint)slot == 0 && slot != 0))
            return -Errno.EINVAL;
        Set(*(uint*)key, slot); // interface 0 empties the slot
        return 0;
    }
}
