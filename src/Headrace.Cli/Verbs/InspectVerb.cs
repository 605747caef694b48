using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Headrace.Objects;

namespace Headrace.Cli.Verbs;

/// <summary><c>headrace inspect</c>: what is in an object file.</summary>
internal sealed partial class InspectVerb : Verb
{
    private readonly Argument<string> _object = new("OBJECT") { Description = "BPF object file" };
    private readonly Option<bool> _json = new("--json") { Description = "Answer one JSON document" };

    public InspectVerb() : base("inspect", "Shows what is in an object: programs, maps, globals, types.")
    {
        Add(_object);
        Add(_json);
    }

    public override IReadOnlyList<(string Line, string Purpose)> Examples =>
    [
        ("headrace inspect programs/firewall.bpf.o", "programs, maps with the C types of keys and values, globals with their values"),
        ("headrace inspect my.bpf.o --json | jq '.maps[].name'", "the same for a script"),
    ];

    public override int Run(ParseResult arguments, Terminal terminal)
    {
        ObjectSummary summary = ObjectSummary.Of(CollectionSpec.Load(arguments.GetValue(_object)!));
        if (arguments.GetValue(_json))
            terminal.Out.WriteLine(JsonSerializer.Serialize(summary, SummaryJson.Relaxed.ObjectSummary));
        else
            Write(summary, terminal.Out);
        return ExitCode.Done;
    }

    private static void Write(ObjectSummary summary, TextWriter output)
    {
        output.WriteLine($"{summary.Source}: {summary.FileSize:N0} bytes, license {(summary.License.Length > 0 ? summary.License : "none")}");
        foreach (ProgramSummary program in summary.Programs)
        {
            output.WriteLine();
            output.WriteLine($"program {program.Name}: {program.Type}, section {program.Section}, {program.Instructions} instructions");
            Line(output, "source", program.SourceFile);
            Line(output, "attach", string.Join(" ", new[] { program.AttachType, program.AttachTarget }.Where(part => part.Length > 0)));
            Line(output, "functions", string.Join(", ", program.Functions.Skip(1)));
            Line(output, "helpers", string.Join(", ", program.Helpers));
            Line(output, "kfuncs", string.Join(", ", program.Kfuncs));
            Line(output, "maps", string.Join(", ", program.Maps));
            if (program.CoreRelocations > 0)
                Line(output, "CO-RE", $"{program.CoreRelocations} relocations");
        }
        foreach (MapSummary map in summary.Maps)
        {
            output.WriteLine();
            WriteMap(map, output, "map");
            if (map.InnerMap is { } inner)
                WriteMap(inner, output, "  holds maps like");
        }
        WriteVariables(summary.Variables, output);
        if (summary.Types is { } types)
        {
            output.WriteLine();
            output.WriteLine($"types: {types.Count} in {types.Bytes:N0} bytes ({string.Join(", ", types.Kinds.Select(kind => $"{kind.Value} {kind.Key}"))})");
        }
        foreach (string note in summary.Notes)
            output.WriteLine($"note: {note}");
    }

    private static void WriteMap(MapSummary map, TextWriter output, string label)
    {
        string flags = map.Flags.Count == 0 ? "" : $", {string.Join(" ", map.Flags)}";
        string pin = map.PinByName ? ", pinned by name" : "";
        output.WriteLine($"{label} {map.Name}: {map.Type}, {map.KeySize} -> {map.ValueSize} bytes, at most {map.MaxEntries:N0}{flags}{pin}");
        Line(output, "key", map.Key);
        Line(output, "value", map.Value);
        if (map.Entries > 0)
            Line(output, "holds", $"{map.Entries} elements from the start");
    }

    private static void WriteVariables(IReadOnlyList<VariableSummary> variables, TextWriter output)
    {
        if (variables.Count == 0)
            return;
        output.WriteLine();
        output.WriteLine("globals:");
        foreach (VariableSummary variable in variables)
        {
            string declaration = variable.Declaration.Length > 0 ? variable.Declaration : $"{variable.Name} ({variable.Size} bytes)";
            output.WriteLine($"  {declaration} = {variable.Value}  [{variable.Section}]");
        }
    }

    private static void Line(TextWriter output, string label, string text)
    {
        if (text.Length > 0)
            output.WriteLine($"  {label,-10} {text}");
    }

    [JsonSerializable(typeof(ObjectSummary))]
    private sealed partial class SummaryJson : JsonSerializerContext
    {
        // C declarations have '<', '&' and quotes that a terminal should show as they are.
        public static SummaryJson Relaxed { get; } = new(new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        });
    }
}
