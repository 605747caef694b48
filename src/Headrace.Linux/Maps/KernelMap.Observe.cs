using System.Globalization;
using Headrace.Bytecode;
using Headrace.Linux.Sys;
using Headrace.Objects;

namespace Headrace.Linux;

/// <content>Maps that exist already, by number and by path, and what the kernel tells of them.</content>
public sealed partial class KernelMap
{
    private uint _id;

    /// <summary>The kernel's number of this map.</summary>
    public uint Id => _id != 0 ? _id : _id = ReadRecord(_descriptor, Subject).Id;

    /// <summary>The numbers of all maps, ascending; what comes or goes meanwhile may be missed.</summary>
    /// <exception cref="KernelException">The kernel refused (<c>CAP_SYS_ADMIN</c> is needed).</exception>
    public static IEnumerable<uint> Ids() => Bpf.Ids(BpfCommand.MapGetNextId, "BPF_MAP_GET_NEXT_ID");

    /// <summary>Opens every map, one after the other; each is disposed of when the next is asked for.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static IEnumerable<KernelMap> All()
    {
        foreach (uint id in Ids())
        {
            using KernelMap? map = TryOpen(id);
            if (map is not null)
                yield return map;
        }
    }

    /// <summary>Opens a map by its number.</summary>
    /// <exception cref="KernelException">There is none (<c>ENOENT</c>), or the kernel refused.</exception>
    public static KernelMap Open(uint id) => TryOpen(id) ?? throw new KernelException("BPF_MAP_GET_FD_BY_ID", SubjectOf(id), ErrorNumber.ENOENT);

    /// <summary>Opens a map by its number; null when there is none.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static KernelMap? TryOpen(uint id) =>
        Bpf.TryOpenById(BpfCommand.MapGetFdById, "BPF_MAP_GET_FD_BY_ID", id, SubjectOf(id)) is { } descriptor ? FromDescriptor(descriptor, SubjectOf(id)) : null;

    /// <summary>Opens a pinned map.</summary>
    /// <exception cref="KernelException">There is nothing at that path, or the kernel refused.</exception>
    /// <exception cref="HeadraceException">Something else is pinned there.</exception>
    public static KernelMap OpenPinned(string path) => FromDescriptor(BpfFileSystem.Open(path, PinKind.Map), path);

    /// <summary>Gives the map a path in a bpf file system, which keeps it without this process.</summary>
    /// <exception cref="KernelException">The kernel refused: the path exists, or is in no bpf file system.</exception>
    public void Pin(string path) => Bpf.Pin(_descriptor, path, Subject);

    /// <summary>Asks the kernel about this map.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public MapInfo GetInfo()
    {
        RawMapInfo raw = ReadRecord(_descriptor, Subject);
        var facts = new DescriptorFacts(_descriptor);
        return new MapInfo
        {
            Id = raw.Id,
            Type = (MapType)raw.Type,
            Name = raw.Name.ToString(),
            KeySize = raw.KeySize,
            ValueSize = raw.ValueSize,
            MaxEntries = raw.MaxEntries,
            Flags = (MapFlags)raw.Flags,
            Extra = raw.Extra,
            InterfaceIndex = raw.Ifindex,
            NetnsDevice = raw.NetnsDevice,
            NetnsInode = raw.NetnsInode,
            BtfId = raw.BtfId,
            KeyTypeId = raw.BtfKeyTypeId,
            ValueTypeId = raw.BtfValueTypeId,
            KernelValueTypeId = raw.BtfVmlinuxValueTypeId,
            MemoryLocked = facts.Number("memlock") ?? 0,
            IsFrozen = facts.Number("frozen") == 1,
            OwnerType = facts.Number("owner_prog_type") is { } owner ? (ProgramType)owner : null,
            OwnerIsJited = facts.Number("owner_jited") == 1,
        };
    }

    internal static KernelMap FromDescriptor(Descriptor descriptor, string subject, MapSpec? known = null)
    {
        try
        {
            RawMapInfo raw = ReadRecord(descriptor, subject);
            MapSpec spec = known ?? new MapSpec
            {
                Name = raw.Name.ToString(),
                Type = (MapType)raw.Type,
                KeySize = raw.KeySize,
                ValueSize = raw.ValueSize,
                MaxEntries = raw.MaxEntries,
                Flags = (MapFlags)raw.Flags,
                Extra = raw.Extra,
                KeyTypeId = (int)raw.BtfKeyTypeId,
                ValueTypeId = (int)raw.BtfValueTypeId,
            };
            return new KernelMap(spec, descriptor) { _id = raw.Id };
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    private static string SubjectOf(uint id) => string.Create(CultureInfo.InvariantCulture, $"map {id}");

    private static RawMapInfo ReadRecord(Descriptor descriptor, string subject)
    {
        var raw = new RawMapInfo();
        Bpf.GetInfo(descriptor, ref raw, subject);
        return raw;
    }
}
