using System.Text.Json;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Cli.Nouns.Links;

/// <summary>What is shown of a link.</summary>
/// <param name="Info">What the kernel tells.</param>
/// <param name="Pins">Its paths; null where they are not asked for.</param>
/// <param name="Devices">The devices of this network namespace.</param>
internal sealed record LinkRecord(LinkInfo Info, IReadOnlyList<string>? Pins, IReadOnlyList<NetworkDevice> Devices) : IRecord
{
    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("id", Info.Id);
        json.WriteString("type", WordOf(Info.Type));
        json.WriteNumber("prog_id", Info.ProgramId);
        foreach ((string key, object value) in Target())
        {
            if (value is string text)
                json.WriteString(key, text);
            else
                json.WriteNumber(key, Convert.ToDecimal(value, System.Globalization.CultureInfo.InvariantCulture));
        }
        if (Pins?.Count > 0)
            json.WriteTexts("pinned", Pins);
        json.WriteEndObject();
    }

    public void WriteText(TextWriter output)
    {
        output.WriteLine($"{Info.Id}: {WordOf(Info.Type)}  prog {Info.ProgramId}");
        List<(string Key, object Value)> target = [.. Target()];
        if (target.Count > 0)
            output.WriteLine($"\t{string.Join("  ", target.Select(part => $"{part.Key} {part.Value}"))}");
        foreach (string path in Pins ?? [])
            output.WriteLine($"\tpinned {path}");
    }

    // The kernel tells the number in the link's namespace, which may be another than this one.
    private string NameOf(uint index) => index == 0 ? "(detached)" : Devices.FirstOrDefault(device => device.Index == index)?.Name ?? "(unknown)";

    /// <summary>The kernel's word for a kind of link.</summary>
    public static string WordOf(LinkType type) => type == LinkType.Iterator ? "iter" : KernelWords.Snake(type.ToString());

    /// <summary>What the link is attached to, by bpftool's keys.</summary>
    private IEnumerable<(string Key, object Value)> Target() => Info.Target switch
    {
        LinkTarget.Xdp xdp => [("devname", NameOf(xdp.InterfaceIndex)), ("ifindex", xdp.InterfaceIndex)],
        LinkTarget.Tcx tcx => [("devname", NameOf(tcx.InterfaceIndex)), ("ifindex", tcx.InterfaceIndex), ("attach_type", KernelWords.Of(tcx.AttachType))],
        LinkTarget.Netkit netkit => [("devname", NameOf(netkit.InterfaceIndex)), ("ifindex", netkit.InterfaceIndex), ("attach_type", KernelWords.Of(netkit.AttachType))],
        LinkTarget.Netns netns => [("netns_ino", netns.Inode), ("attach_type", KernelWords.Of(netns.AttachType))],
        LinkTarget.Cgroup cgroup => [("cgroup_id", cgroup.Id), ("attach_type", KernelWords.Of(cgroup.AttachType))],
        LinkTarget.Tracing tracing => [("attach_type", KernelWords.Of(tracing.AttachType)), ("target_obj_id", tracing.TargetObjectId), ("target_btf_id", tracing.TargetTypeId)],
        LinkTarget.RawTracepoint tracepoint => [("tp_name", tracepoint.Name)],
        LinkTarget.Iterator iterator => iterator.MapId != 0 ? [("target_name", iterator.Name), ("map_id", iterator.MapId)] : [("target_name", iterator.Name)],
        LinkTarget.Netfilter filter => [("pf", filter.Family), ("hook", filter.Hook), ("prio", filter.Priority), ("flags", filter.Flags)],
        LinkTarget.StructOps callbacks => [("map_id", callbacks.MapId)],
        LinkTarget.Sockmap sockmap => [("map_id", sockmap.MapId), ("attach_type", KernelWords.Of(sockmap.AttachType))],
        LinkTarget.Probes probes => [("func_cnt", probes.Count)],
        _ => [],
    };
}
