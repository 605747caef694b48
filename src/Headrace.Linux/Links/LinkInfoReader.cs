using System.Text;
using Headrace.Bytecode;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>Asks for a link's record; once more with room for its name where it has one.</summary>
internal static unsafe class LinkInfoReader
{
    private const int NameRoom = 4096;

    public static LinkInfo Read(Descriptor descriptor, string subject)
    {
        var raw = new RawLinkInfo();
        Bpf.GetInfo(descriptor, ref raw, subject);
        var type = (LinkType)raw.Type;
        int nameField = type switch
        {
            LinkType.RawTracepoint or LinkType.Iterator => 0,
            LinkType.PerfEvent when raw.Rest.U32(0) is >= 1 and <= 5 => 8,
            _ => -1,
        };
        string name = nameField < 0 ? "" : ReadName(descriptor, subject, nameField, ref raw);
        return new LinkInfo(raw.Id, type, raw.ProgramId, TargetOf(type, raw.Rest, name));
    }

    // Offsets are those of the union's members behind its 16-byte head.
    private static LinkTarget? TargetOf(LinkType type, in RawLinkInfo.Part part, string name) => type switch
    {
        LinkType.RawTracepoint => new LinkTarget.RawTracepoint(name, part.U64(16)),
        LinkType.Tracing => new LinkTarget.Tracing((AttachType)part.U32(0), part.U32(4), part.U32(8), part.U64(16)),
        LinkType.Cgroup => new LinkTarget.Cgroup(part.U64(0), (AttachType)part.U32(8)),
        LinkType.Iterator => new LinkTarget.Iterator(name, part.U32(12)),
        LinkType.Netns => new LinkTarget.Netns(part.U32(0), (AttachType)part.U32(4)),
        LinkType.Xdp => new LinkTarget.Xdp(part.U32(0)),
        LinkType.PerfEvent => new LinkTarget.PerfEvent(part.U32(0), name, part.U32(20), PerfCookie(part)),
        LinkType.KprobeMulti => new LinkTarget.Probes(part.U32(8), part.U32(12)),
        LinkType.UprobeMulti => new LinkTarget.Probes(part.U32(36), part.U32(40)),
        LinkType.StructOps => new LinkTarget.StructOps(part.U32(0)),
        LinkType.Netfilter => new LinkTarget.Netfilter(part.U32(0), part.U32(4), (int)part.U32(8), part.U32(12)),
        LinkType.Tcx => new LinkTarget.Tcx(part.U32(0), (AttachType)part.U32(4)),
        LinkType.Netkit => new LinkTarget.Netkit(part.U32(0), (AttachType)part.U32(4)),
        LinkType.Sockmap => new LinkTarget.Sockmap(part.U32(0), (AttachType)part.U32(4)),
        _ => null,
    };

    // Kernel probes (3, 4) have an address and a miss count in front of it.
    private static ulong PerfCookie(in RawLinkInfo.Part part) => part.U32(0) is 3 or 4 ? part.U64(40) : part.U64(24);

    private static string ReadName(Descriptor descriptor, string subject, int field, ref RawLinkInfo raw)
    {
        byte[] name = new byte[NameRoom];
        fixed (byte* pointer = name)
        {
            raw = new RawLinkInfo();
            raw.Rest.Set(field, (ulong)pointer);
            raw.Rest.SetLow(field + 8, NameRoom);
            Bpf.GetInfo(descriptor, ref raw, subject);
        }
        return Encoding.UTF8.GetString(name, 0, Math.Max(Array.IndexOf(name, (byte)0), 0));
    }
}
