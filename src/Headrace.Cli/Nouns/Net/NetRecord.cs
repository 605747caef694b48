using System.Text.Json;
using Headrace.Linux;

namespace Headrace.Cli.Nouns.Net;

/// <summary>What is shown of a program on a device.</summary>
/// <param name="Device">The device.</param>
/// <param name="Place">Where: <c>driver</c>, <c>clsact/ingress</c>, <c>tcx/egress</c>.</param>
/// <param name="ProgramId">The program.</param>
/// <param name="Name">For tc: the filter's or the program's name; null for XDP.</param>
/// <param name="LinkId">For tcx: the link; null for what is none, 0 for none.</param>
internal sealed record NetRecord(NetworkDevice Device, string Place, uint ProgramId, string? Name, uint? LinkId) : IRecord
{
    /// <summary>The XDP programs of a device.</summary>
    public static IEnumerable<NetRecord> OfXdp(NetworkDevice device) =>
        from mode in ((string Word, uint Id)[])[("generic", device.Xdp.GenericProgramId), ("driver", device.Xdp.NativeProgramId), ("offload", device.Xdp.HardwareProgramId)]
        where mode.Id != 0
        select new NetRecord(device, device.Xdp.Attached == XdpAttached.Multiple ? $"multi {mode.Word}" : mode.Word, mode.Id, null, null);

    /// <summary>The tc programs of a device.</summary>
    public static IEnumerable<NetRecord> OfTc(NetworkDevice device)
    {
        foreach (TcDirection direction in (TcDirection[])[TcDirection.Ingress, TcDirection.Egress])
        {
            string word = direction.ToString().ToLowerInvariant();
            foreach (TcAttachment one in TcLink.Query(device.Name, direction))
            {
                yield return one.IsFilter
                    ? new NetRecord(device, $"clsact/{word}", one.ProgramId, one.Name, null)
                    : new NetRecord(device, $"tcx/{word}", one.ProgramId, NameOf(one.ProgramId), one.LinkId);
            }
        }
    }

    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("devname", Device.Name);
        json.WriteNumber("ifindex", Device.Index);
        if (Name is null)
        {
            json.WriteString("mode", Place);
            json.WriteNumber("id", ProgramId);
        }
        else
        {
            json.WriteString("kind", Place);
            json.WriteString("name", Name);
            json.WriteNumber(LinkId is null ? "id" : "prog_id", ProgramId);
            if (LinkId is > 0)
                json.WriteNumber("link_id", LinkId.Value);
        }
        json.WriteEndObject();
    }

    public void WriteText(TextWriter output) => output.WriteLine(Name is null
        ? $"{Device.Name}({Device.Index}) {Place} id {ProgramId}"
        : $"{Device.Name}({Device.Index}) {Place} {Name} {(LinkId is null ? "id" : "prog_id")} {ProgramId}{(LinkId is > 0 ? $" link_id {LinkId}" : "")}");

    private static string NameOf(uint id)
    {
        using KernelProgram? program = KernelProgram.TryOpen(id);
        return program?.Name ?? "";
    }
}
