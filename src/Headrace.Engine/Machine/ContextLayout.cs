using System.Numerics;
using System.Runtime.InteropServices;
using Headrace.Bytecode;

namespace Headrace.Engine;

/// <summary>The context of a program type: its fields, which accesses the kernel allows, and where the engine keeps each value.</summary>
/// <remarks>Layouts from include/uapi/linux/bpf.h; rules as Linux 6.18 has them for each program type.</remarks>
internal sealed class ContextLayout
{
    private readonly ContextField[] _fields;

    // What each offset and size (its logarithm) becomes, loads and stores, so that a look-up is one array access; width 0 where refused.
    private readonly ContextAccess[] _loads;
    private readonly ContextAccess[] _stores;

    private ContextLayout(string name, int size, ContextField[] fields)
    {
        Name = name;
        Size = size;
        _fields = fields;
        _loads = Tabulate(write: false);
        _stores = Tabulate(write: true);
    }

    /// <summary>The structure's name in the kernel's header.</summary>
    public string Name { get; }

    /// <summary>Bytes of the structure.</summary>
    public int Size { get; }

    /// <summary>The fields that programs of this type may use, by offset.</summary>
    public ReadOnlySpan<ContextField> Fields => _fields;

    /// <summary>The context of a program type; null where programs have none that engines can offer.</summary>
    public static ContextLayout? Of(ProgramType type, AttachType attachType) => type switch
    {
        ProgramType.Xdp => attachType == AttachType.XdpDevmap ? s_xdpDevmap : s_xdp,
        ProgramType.SchedCls or ProgramType.SchedAct => s_traffic,
        ProgramType.SocketFilter => s_socket,
        ProgramType.CgroupSkb => s_cgroup,
        _ => null,
    };

    /// <summary>Translates an access.</summary>
    /// <param name="offset">Offset from the context pointer.</param>
    /// <param name="size">Bytes the instruction loads or stores.</param>
    /// <param name="write">True for a store.</param>
    /// <param name="access">What it becomes.</param>
    /// <returns>False when the kernel's verifier would refuse the access.</returns>
    public bool TryResolve(long offset, int size, bool write, out ContextAccess access)
    {
        access = default;
        if ((ulong)offset >= (ulong)Size || size > sizeof(ulong) || !BitOperations.IsPow2(size))
            return false;
        access = (write ? _stores : _loads)[(int)offset * 4 + BitOperations.Log2((uint)size)];
        return access.Width != 0;
    }

    /// <summary>Says in words why an access is refused.</summary>
    public string Explain(long offset, int size, bool write)
    {
        foreach (ContextField field in _fields)
        {
            if (offset < field.Offset || offset >= field.Offset + field.Size)
                continue;
            return write && !field.Writable
                ? $"{Name}->{field.Name} is read-only for this program type"
                : $"{Name}->{field.Name} is {field.Size} bytes at offset {field.Offset}";
        }
        return $"programs of this type have no field of {Name} there";
    }

    private ContextAccess[] Tabulate(bool write)
    {
        var table = new ContextAccess[Size * 4];
        for (int i = 0; i < table.Length; i++)
            table[i] = Resolve(i / 4, 1 << (i % 4), write);
        return table;
    }

    private ContextAccess Resolve(int offset, int size, bool write)
    {
        if (offset % size != 0)
            return default;
        foreach (ContextField field in _fields)
        {
            int inside = offset - field.Offset;
            if (inside < 0 || inside + size > field.Size)
                continue;
            if ((write && !field.Writable) || !Allows(field, size, write))
                return default;
            return field.Kind == ContextFieldKind.Pointer
                ? new ContextAccess(field.Source, field.SourceOffset, sizeof(ulong))
                : new ContextAccess(field.Source, field.SourceOffset + inside, size);
        }
        return default;
    }

    private static bool Allows(ContextField field, int size, bool write) => field.Kind switch
    {
        ContextFieldKind.Scratch => true,
        ContextFieldKind.Narrow => size == field.Size || (!write && size < field.Size),
        _ => size == field.Size,
    };

    private static int FrameOffset(string field) => (int)Marshal.OffsetOf<Frame>(field);

    private static int SkbOffset(string field) => (int)Marshal.OffsetOf<SkbFields>(field);

    private static ContextField Pointer(string name, int offset, string field) =>
        new(name, offset, sizeof(uint), ContextSource.Frame, FrameOffset(field), ContextFieldKind.Pointer);

    private static ContextField InFrame(string name, int offset, string field, ContextFieldKind kind) =>
        new(name, offset, sizeof(uint), ContextSource.Frame, FrameOffset(field), kind);

    private static ContextField InSkb(string name, int offset, string field, bool writable = false) =>
        new(name, offset, sizeof(uint), ContextSource.Skb, SkbOffset(field), ContextFieldKind.Narrow, writable);

    private static ContextField[] XdpFields(bool devmap)
    {
        List<ContextField> fields =
        [
            Pointer("data", 0, nameof(Frame.Data)),
            Pointer("data_end", 4, nameof(Frame.End)),
            Pointer("data_meta", 8, nameof(Frame.Meta)),
            InFrame("ingress_ifindex", 12, nameof(Frame.IngressIfindex), ContextFieldKind.Whole),
            InFrame("rx_queue_index", 16, nameof(Frame.RxQueueIndex), ContextFieldKind.Whole),
        ];
        if (devmap)
            fields.Add(InFrame("egress_ifindex", 20, nameof(Frame.EgressIfindex), ContextFieldKind.Whole));
        return [.. fields];
    }

    private static readonly ContextLayout s_xdp = new("xdp_md", 24, XdpFields(devmap: false));
    private static readonly ContextLayout s_xdpDevmap = new("xdp_md", 24, XdpFields(devmap: true));

    private enum SkbUser
    {
        Socket,
        Traffic,
        Cgroup,
    }

    private static readonly ContextLayout s_socket = new("__sk_buff", 192, SkbLayout(SkbUser.Socket));
    private static readonly ContextLayout s_traffic = new("__sk_buff", 192, SkbLayout(SkbUser.Traffic));
    private static readonly ContextLayout s_cgroup = new("__sk_buff", 192, SkbLayout(SkbUser.Cgroup));

    private static ContextField[] SkbLayout(SkbUser user)
    {
        bool traffic = user == SkbUser.Traffic;
        bool cgroup = user == SkbUser.Cgroup;
        List<ContextField> fields =
        [
            new("len", 0, sizeof(uint), ContextSource.Length, 0, ContextFieldKind.Narrow),
            InSkb("pkt_type", 4, nameof(SkbFields.PacketType)),
            InSkb("mark", 8, nameof(SkbFields.Mark), traffic || cgroup),
            InSkb("queue_mapping", 12, nameof(SkbFields.QueueMapping), traffic),
            InSkb("protocol", 16, nameof(SkbFields.Protocol)),
            InSkb("vlan_present", 20, nameof(SkbFields.VlanPresent)),
            InSkb("vlan_tci", 24, nameof(SkbFields.VlanTci)),
            InSkb("vlan_proto", 28, nameof(SkbFields.VlanProtocol)),
            InSkb("priority", 32, nameof(SkbFields.Priority), traffic || cgroup),
            InFrame("ingress_ifindex", 36, nameof(Frame.IngressIfindex), ContextFieldKind.Narrow),
            InFrame("ifindex", 40, nameof(Frame.IngressIfindex), ContextFieldKind.Narrow),
            InSkb("tc_index", 44, nameof(SkbFields.TcIndex), traffic),
            new("cb", 48, 5 * sizeof(uint), ContextSource.Skb, SkbOffset(nameof(SkbFields.Cb)), ContextFieldKind.Scratch, Writable: true),
            InSkb("hash", 68, nameof(SkbFields.Hash)),
            InSkb("napi_id", 84, nameof(SkbFields.NapiId)),
            InSkb("gso_segs", 164, nameof(SkbFields.GsoSegments)),
            new("sk", 168, sizeof(ulong), ContextSource.Zero, 0, ContextFieldKind.Whole),
            InSkb("gso_size", 176, nameof(SkbFields.GsoSize)),
        ];
        if (traffic)
        {
            fields.Add(InSkb("tc_classid", 72, nameof(SkbFields.TcClassId), writable: true));
            fields.Add(Pointer("data_meta", 140, nameof(Frame.Meta)));
            fields.Add(InSkb("wire_len", 160, nameof(SkbFields.WireLength)));
            fields.Add(new("tstamp_type", 180, 1, ContextSource.Skb, SkbOffset(nameof(SkbFields.TstampType)), ContextFieldKind.Whole));
        }
        if (traffic || cgroup)
        {
            fields.Add(Pointer("data", 76, nameof(Frame.Data)));
            fields.Add(Pointer("data_end", 80, nameof(Frame.End)));
            fields.Add(new("tstamp", 152, sizeof(ulong), ContextSource.Skb, SkbOffset(nameof(SkbFields.Tstamp)), ContextFieldKind.Whole, Writable: true));
            fields.Add(new("hwtstamp", 184, sizeof(ulong), ContextSource.Skb, SkbOffset(nameof(SkbFields.HwTstamp)), ContextFieldKind.Whole));
        }
        return [.. fields.OrderBy(field => field.Offset)];
    }
}
