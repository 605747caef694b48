using System.CommandLine;
using System.Text.Json;
using Headrace.Bench;

namespace Headrace.Cli.Verbs;

/// <summary><c>headrace bench</c>: every measured claim, beside its peer.</summary>
internal sealed class BenchVerb : Verb
{
    private readonly Argument<string?> _name = new("NAME") { Description = "Benchmark to run; left out, the list", Arity = ArgumentArity.ZeroOrOne };
    private readonly Argument<string?> _part = new("PART") { Description = "One part of it, where it has parts", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> _json = new("--json") { Description = "Answer one JSON document: rows of {name, ours, peer, unit, ratio}" };

    private readonly Option<bool> _quick = new("--quick") { Description = "Tiny tables, few rounds: shows in seconds that all works, the figures mean nothing" };

    public BenchVerb() : base("bench", "Measures a claim: our figure, the peer's, and the ratio, from one run.")
    {
        Add(_name);
        Add(_part);
        Add(_json);
        Add(_quick);
    }

    public override IReadOnlyList<(string Line, string Purpose)> Examples =>
    [
        ("headrace bench", "what can be measured"),
        ("headrace bench engine --json", "the jit beside the kernel's JIT (needs root for the peer)"),
        ("headrace bench engine compute", "one part of it"),
    ];

    public override int Run(ParseResult arguments, Terminal terminal)
    {
        if (arguments.GetValue(_name) is not { } name)
        {
            foreach (Benchmark listed in BenchmarkList.All)
                terminal.Out.WriteLine($"{listed.Name,-12} {listed.Description}");
            return ExitCode.Done;
        }
        Benchmark benchmark = BenchmarkList.Find(name)
            ?? throw new UsageException($"there is no benchmark '{name}'; there are: {string.Join(", ", BenchmarkList.All.Select(known => known.Name))}");
        string? part = arguments.GetValue(_part);
        if (part is not null && !benchmark.Parts.Contains(part))
            throw new UsageException($"benchmark {name} has no part '{part}'; there are: {(benchmark.Parts.Count == 0 ? "none" : string.Join(", ", benchmark.Parts))}");
        bool quick = arguments.GetValue(_quick);
        if (quick && !benchmark.HasQuickForm)
            throw new UsageException($"benchmark {name} has no quick form; these have: {string.Join(", ", BenchmarkList.All.Where(known => known.HasQuickForm).Select(known => known.Name))}");
        IReadOnlyList<BenchmarkRow> rows = quick ? benchmark.RunQuick(part, terminal.Error) : part is null ? benchmark.Run(terminal.Error) : benchmark.RunPart(part, terminal.Error);
        if (arguments.GetValue(_json))
            terminal.Out.WriteLine(ToJson(rows));
        else
            BenchmarkTable.Write(terminal.Out, rows);
        return ExitCode.Done;
    }

    private static string ToJson(IReadOnlyList<BenchmarkRow> rows)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (BenchmarkRow row in rows)
            {
                json.WriteStartObject();
                json.WriteString("name", row.Name);
                json.WriteNumber("ours", Math.Round(row.Ours, 3));
                Optional(json, "peer", row.Peer);
                json.WriteString("unit", row.Unit);
                Optional(json, "ratio", row.Ratio);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Optional(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
            json.WriteNumber(name, Math.Round(number, 3));
        else
            json.WriteNull(name);
    }
}
