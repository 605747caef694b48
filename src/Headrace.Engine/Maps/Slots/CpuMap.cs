using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>CPUs to redirect to: the index is the CPU, the value its queue's length (<c>BPF_MAP_TYPE_CPUMAP</c>).</summary>
internal sealed unsafe class CpuMap(MapSpec spec, int cpus) : SlotMap(spec, cpus)
{
    private const uint LongestQueue = 16384; // cpu_map_update_elem, kernel/bpf/cpumap.c

    internal override int Update(byte* key, byte* value, ulong flags, int cpu)
    {
        uint target = *(uint*)key;
        int refused = ArrayKeys.CheckUpdate(target, MaxEntries, flags);
        if (refused != 0)
            return refused;
        bool known = DeviceValue.TryRead(value, ValueSize, AttachType.XdpCpumap, out ulong slot);
        uint queue = (uint)slot;
        if (queue > LongestQueue)
            return -Errno.EOVERFLOW;
        if (target >= (uint)Cpus)
            return -Errno.ENODEV;
        if (queue != 0 && !known)
            return -Errno.ENOMEM; // the kernel's answer when it cannot set the entry up, for whatever reason
        Set(target, queue == 0 ? 0 : slot);
        return 0;
    }
}
