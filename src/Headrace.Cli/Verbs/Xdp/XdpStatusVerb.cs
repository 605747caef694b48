using System.CommandLine;
using System.Text;
using System.Text.Json;
using Headrace.Linux;

namespace Headrace.Cli.Verbs.Xdp;

/// <summary><c>headrace xdp status</c>: the XDP programs of the devices.</summary>
internal sealed class XdpStatusVerb : Verb
{
    private readonly Argument<string?> _device = new("IFACE") { Description = "Network device; left out, all", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> _json = new("--json", "-j") { Description = "Answer one JSON document" };

    public XdpStatusVerb() : base("status", "Shows which XDP programs run on which devices.")
    {
        Add(_device);
        Add(_json);
    }

    public override IReadOnlyList<(string Line, string Purpose)> Examples => [("headrace xdp status --json", "for a script")];

    public override int Run(ParseResult arguments, Terminal terminal)
    {
        IReadOnlyList<NetworkDevice> devices = arguments.GetValue(_device) is { } name ? [NetworkDevice.Find(name)] : NetworkDevice.All();
        IReadOnlyList<Row> rows = [.. devices.SelectMany(RowsOf)];
        if (arguments.GetValue(_json))
            WriteJson(rows, terminal.Out);
        else
            WriteText(rows, terminal.Out);
        if (rows.Any(row => row.ProgramId != 0 && row.Info is null))
            terminal.Error.WriteLine("headrace: note: names and tags of programs are shown to processes with CAP_SYS_ADMIN: run it as root");
        return ExitCode.Done;
    }

    private static IEnumerable<Row> RowsOf(NetworkDevice device)
    {
        bool any = false;
        foreach (XdpMode mode in (XdpMode[])[XdpMode.Native, XdpMode.Generic, XdpMode.Hardware])
        {
            uint id = device.Xdp.ProgramOf(mode);
            if (id == 0)
                continue;
            any = true;
            yield return new Row(device, mode, id, InfoOf(id));
        }
        if (!any)
            yield return new Row(device, XdpMode.Auto, 0, null);
    }

    // Which program it is, everybody may know; its name, not everybody.
    private static ProgramInfo? InfoOf(uint id)
    {
        try
        {
            using KernelProgram? program = KernelProgram.TryOpen(id);
            return program?.GetInfo();
        }
        catch (KernelException error) when (error.ErrnoName == "EPERM")
        {
            return null;
        }
    }

    private static void WriteJson(IReadOnlyList<Row> rows, TextWriter output)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (Row row in rows.Where(row => row.ProgramId != 0))
            {
                json.WriteStartObject();
                json.WriteString("devname", row.Device.Name);
                json.WriteNumber("ifindex", row.Device.Index);
                json.WriteString("mode", XdpModes.Word(row.Mode));
                json.WriteNumber("id", row.ProgramId);
                json.WriteString("name", row.Info?.Name);
                json.WriteString("tag", row.Info?.Tag);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        output.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
    }

    private static void WriteText(IReadOnlyList<Row> rows, TextWriter output)
    {
        output.WriteLine($"{"interface",-16} {"mode",-8} {"id",-7} {"tag",-16}  program");
        foreach (Row row in rows)
        {
            output.WriteLine(row.ProgramId == 0
                ? $"{row.Device.Name,-16} -"
                : $"{row.Device.Name,-16} {XdpModes.Word(row.Mode),-8} {row.ProgramId,-7} {row.Info?.Tag,-16}  {row.Info?.Name}");
        }
    }

    private sealed record Row(NetworkDevice Device, XdpMode Mode, uint ProgramId, ProgramInfo? Info);
}
