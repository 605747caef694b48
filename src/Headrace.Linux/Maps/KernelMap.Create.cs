using Headrace.Bytecode;
using Headrace.Linux.Sys;
using Headrace.Objects;

namespace Headrace.Linux;

public sealed partial class KernelMap
{
    /// <summary>Makes a map in the kernel, empty: initial entries are written by <see cref="KernelCollection"/>, which knows the other objects.</summary>
    /// <param name="spec">What to make; a map of maps needs <see cref="MapSpec.InnerMap"/>.</param>
    /// <param name="btf">The loaded types that <see cref="MapSpec.KeyTypeId"/> and <see cref="MapSpec.ValueTypeId"/> refer to; needed by values with spin locks or timers.</param>
    /// <exception cref="KernelException">The kernel refused it.</exception>
    public static KernelMap Create(MapSpec spec, KernelBtf? btf = null) => Create(spec, btf, 0, MaxEntriesOf(spec));

    /// <param name="spec">What to make.</param>
    /// <param name="btf">Its types.</param>
    /// <param name="device">The device that is to hold it; 0 for the kernel.</param>
    /// <param name="maxEntries">Number of elements instead of the spec's.</param>
    internal static KernelMap Create(MapSpec spec, KernelBtf? btf, uint device, uint maxEntries)
    {
        string subject = $"map '{spec.Name}'";
        var attributes = new MapCreateAttr
        {
            MapType = (uint)spec.Type,
            KeySize = spec.KeySize,
            ValueSize = spec.ValueSize,
            MaxEntries = maxEntries,
            MapFlags = (uint)spec.Flags,
            NumaNode = spec.NumaNode,
            Name = ObjectName.From(spec.KernelName),
            Extra = spec.Extra,
            Ifindex = device,
        };
        // The kernel only needs the template while it makes the outer map.
        using KernelMap? inner = spec.InnerMap is { } template ? Create(template, btf, device, RoundedMaxEntriesOf(template)) : null;
        if (inner is not null)
            attributes.InnerMapFd = inner.Descriptor.Value;
        if (btf is null || spec.ValueTypeId == 0 || !TakesTypes(spec.Type))
            return new KernelMap(spec, Bpf.CreateMap(ref attributes, subject));

        attributes.BtfFd = btf.Descriptor.Value;
        attributes.BtfKeyTypeId = (uint)spec.KeyTypeId;
        attributes.BtfValueTypeId = (uint)spec.ValueTypeId;
        return new KernelMap(spec, Bpf.CreateMap(ref attributes, subject));
    }

    /// <summary>
    /// What the kernel takes where an object is vague, as libbpf reads it: a ring buffer has a whole number of pages that is a power of two.
    /// </summary>
    internal static uint RoundedMaxEntriesOf(MapSpec spec) => spec.Type is MapType.RingBuffer or MapType.UserRingBuffer && spec.MaxEntries is > 0 and <= 1u << 31
        ? Math.Max(System.Numerics.BitOperations.RoundUpToPowerOf2(spec.MaxEntries), (uint)Environment.SystemPageSize)
        : MaxEntriesOf(spec);

    /// <summary>An array of perf events without a size has one entry a processor, as libbpf makes it.</summary>
    private static uint MaxEntriesOf(MapSpec spec) =>
        spec.Type == MapType.PerfEventArray && spec.MaxEntries == 0 ? (uint)Processors.Possible : spec.MaxEntries;

    // The kernel refuses types for maps whose values are descriptors or no plain memory (map_check_btf, kernel/bpf/syscall.c).
    private static bool TakesTypes(MapType type) => type is MapType.Hash or MapType.Array or MapType.PerCpuHash or MapType.PerCpuArray
        or MapType.LruHash or MapType.LruPerCpuHash or MapType.LpmTrie
        or MapType.SkStorage or MapType.InodeStorage or MapType.TaskStorage or MapType.CgrpStorage;
}
