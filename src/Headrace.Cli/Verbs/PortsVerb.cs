using System.CommandLine;
using System.Text;
using System.Text.Json;
using Headrace.Ports;

namespace Headrace.Cli.Verbs;

/// <summary><c>headrace ports</c>: what kinds of ports this machine can have, and why not.</summary>
internal sealed class PortsVerb : Verb
{
    private readonly Option<bool> _json = new("--json") { Description = "Answer one JSON document" };

    public PortsVerb() : base("ports", "Lists the kinds of ports, how they are written, and whether this machine can have them.") => Add(_json);

    public override IReadOnlyList<(string Line, string Purpose)> Examples => [("headrace ports", "what 'headrace forward --port' takes here, and what is missing for the rest")];

    public override int Run(ParseResult arguments, Terminal terminal)
    {
        (PortKind Kind, string Obstacle)[] kinds = [.. PortKinds.All.Select(kind => (kind, kind.Obstacle()))];
        if (arguments.GetValue(_json))
        {
            terminal.Out.WriteLine(ToJson(kinds));
            return ExitCode.Done;
        }
        foreach ((PortKind kind, string obstacle) in kinds)
        {
            terminal.Out.WriteLine($"{kind.Name,-12} {kind.Purpose}");
            terminal.Out.WriteLine($"{"",-12} {kind.Syntax}");
            terminal.Out.WriteLine($"{"",-12} {(obstacle.Length == 0 ? "works here" : $"not here: {obstacle}")}");
        }
        terminal.Out.WriteLine($"{"--flows",-12} {(FlowFilter.Obstacle.Length == 0 ? "works here" : $"not here: {FlowFilter.Obstacle}")}");
        return ExitCode.Done;
    }

    private static string ToJson((PortKind Kind, string Obstacle)[] kinds)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach ((PortKind kind, string obstacle) in kinds)
            {
                json.WriteStartObject();
                json.WriteString("kind", kind.Name);
                json.WriteString("syntax", kind.Syntax);
                json.WriteString("purpose", kind.Purpose);
                json.WriteBoolean("available", obstacle.Length == 0);
                if (obstacle.Length > 0)
                    json.WriteString("reason", obstacle);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
