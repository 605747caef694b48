using Headrace.Bytecode;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>Whether the kernel knows a map type: the smallest map of it is made, or is refused for want of what cannot be given here.</summary>
internal static class MapTypeProbe
{
    private static readonly uint s_page = (uint)Environment.SystemPageSize;

    public static bool Exists(MapType type)
    {
        var attributes = new MapCreateAttr { MapType = (uint)type, KeySize = 4, ValueSize = 4, MaxEntries = 1 };
        using Descriptor? inner = NeedsInner(type) ? MakeInner() : null;
        attributes.InnerMapFd = inner?.Value ?? 0;
        using KernelBtf? types = NeedsTypes(type) ? KernelBtf.Load(LocalStorageTypes(), "feature probe") : null;
        switch (type)
        {
            case MapType.StackTrace:
                attributes.ValueSize = sizeof(ulong);
                break;
            case MapType.LpmTrie:
                attributes.KeySize = attributes.ValueSize = sizeof(ulong);
                attributes.MapFlags = (uint)MapFlags.NoPrealloc;
                break;
            case MapType.Queue or MapType.Stack or MapType.BloomFilter:
                attributes.KeySize = 0;
                break;
            case MapType.CgroupStorage or MapType.PerCpuCgroupStorage:
                (attributes.KeySize, attributes.ValueSize, attributes.MaxEntries) = (16, 8, 0); // struct bpf_cgroup_storage_key
                break;
            case MapType.RingBuffer or MapType.UserRingBuffer:
                (attributes.KeySize, attributes.ValueSize, attributes.MaxEntries) = (0, 0, s_page);
                break;
            case MapType.SkStorage or MapType.InodeStorage or MapType.TaskStorage or MapType.CgrpStorage:
                attributes.MaxEntries = 0;
                attributes.MapFlags = (uint)MapFlags.NoPrealloc;
                attributes.BtfFd = types!.Descriptor.Value;
                attributes.BtfKeyTypeId = attributes.BtfValueTypeId = 1;
                break;
            case MapType.Arena:
                (attributes.KeySize, attributes.ValueSize) = (0, 0);
                attributes.MapFlags = (uint)MapFlags.Mmapable;
                break;
            case MapType.StructOps:
                // Type 1 of the kernel is no set of callbacks; a kernel that knows the map type answers that it has none such (ENOTSUPP).
                attributes.BtfVmlinuxValueTypeId = 1;
                break;
            default:
                break;
        }
        int result = Bpf.TryCreateMap(ref attributes);
        if (result >= 0)
            new Descriptor(result).Dispose();
        if (result == -ErrorNumber.EPERM && Capabilities.MissingForBpf().Length > 0)
            throw new KernelException("BPF_MAP_CREATE", "feature probe", ErrorNumber.EPERM);
        return result >= 0 || (type == MapType.StructOps && result == -ErrorNumber.ENOTSUPP);
    }

    private static bool NeedsInner(MapType type) => type is MapType.ArrayOfMaps or MapType.HashOfMaps;

    private static bool NeedsTypes(MapType type) => type is MapType.SkStorage or MapType.InodeStorage or MapType.TaskStorage or MapType.CgrpStorage;

    private static Descriptor MakeInner()
    {
        var attributes = new MapCreateAttr { MapType = (uint)MapType.Array, KeySize = 4, ValueSize = 4, MaxEntries = 1 };
        return Bpf.CreateMap(ref attributes, "feature probe");
    }

    /// <summary>Types with one signed 32-bit integer (bpf/btf.rst): header, type, strings.</summary>
    private static byte[] LocalStorageTypes()
    {
        const int Header = 24, Int = 16;
        byte[] name = "\0int\0"u8.ToArray();
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write((ushort)0xeb9f);
        writer.Write((byte)1);
        writer.Write((byte)0);
        writer.Write(Header);
        writer.Write(0);
        writer.Write(Int);
        writer.Write(Int);
        writer.Write(name.Length);
        writer.Write(1); // name
        writer.Write(1 << 24); // kind: integer
        writer.Write(4); // bytes
        writer.Write((1 << 24) | 32); // signed, 32 bits
        writer.Write(name);
        return stream.ToArray();
    }
}
