using System.CommandLine;
using System.Text;
using System.Text.Json;
using Headrace.Bytecode;
using Headrace.Cli.Runs;
using Headrace.Dataflow;
using Headrace.Engine;
using Headrace.Objects;
using Headrace.Ports;
using Headrace.Verifier;

namespace Headrace.Cli.Verbs;

/// <summary><c>headrace graph</c>: a program's dataflow graph as a picture or as data.</summary>
internal sealed class GraphVerb : Verb
{
    private const int BurstSize = 64;

    private readonly Argument<string> _object = new("OBJECT") { Description = "BPF object file" };
    private readonly Option<string?> _program = new("--program") { Description = "Program; may be left out where the object has one", HelpName = "NAME" };
    private readonly Option<string> _format = new("--format") { Description = "svg, dot or json", DefaultValueFactory = _ => "svg", HelpName = "FORMAT" };
    private readonly Option<bool> _report = new("--report") { Description = "Write what each pass did, and the graph's size, to standard error" };
    private readonly Option<string[]> _disable = new("--disable-pass") { Description = "Leave a pass out; 'all' leaves out every one", HelpName = "NAME" };
    private readonly Option<string?> _profile = new("--profile") { Description = "Run these packets in the token simulator and colour actors by their firings", HelpName = "SOURCE" };
    private readonly Option<string[]> _map = new("--map") { Description = "Elements to put before a profile: [{\"key\":\"hex\",\"value\":\"hex\"},...]", HelpName = "NAME=FILE.json" };

    public GraphVerb() : base("graph", "Shows a program as a dataflow graph.")
    {
        Add(_object);
        foreach (Option option in (Option[])[_program, _format, _report, _disable, _profile, _map])
            Add(option);
    }

    public override IReadOnlyList<(string Line, string Purpose)> Examples =>
    [
        ("headrace graph programs/firewall.bpf.o > firewall.svg", "a picture for the browser: point at an actor for its source line"),
        ("headrace graph my.bpf.o --format dot --disable-pass all | dot -Tpdf > my.pdf", "the graph as built, laid out by graphviz"),
        ("headrace graph programs/parse.bpf.o --profile capture.pcap > hot.svg", "which actors fire, and how often a packet"),
    ];

    public override int Run(ParseResult arguments, Terminal terminal)
    {
        string format = arguments.GetValue(_format)!;
        if (format is not ("svg" or "dot" or "json"))
            throw new UsageException($"--format: svg, dot or json, not '{format}'");
        PassOptions passes = GraphText.PassesWithout(arguments.GetValue(_disable) ?? []);
        var spec = CollectionSpec.Load(arguments.GetValue(_object)!);
        ProgramSpec program = ProgramChoice.Find(spec, arguments.GetValue(_program));
        foreach (string map in arguments.GetValue(_map) ?? [])
            MapFile.Apply(map, spec);

        VerifierResult result = ProgramVerifier.Verify(spec, program);
        if (!result.IsAccepted)
            terminal.Error.WriteLine($"headrace: note: '{program.Name}' is not accepted ({result.LastLine}): passes that need proofs are left out");
        Graph graph = Graph.Build(spec, program, result.Program);
        IReadOnlyList<PassReport> reports = PassPipeline.Run(graph, passes);
        if (graph.Functions.Sum(function => function.Actors.Count()) > PassPipeline.MaxActors)
            terminal.Error.WriteLine($"headrace: note: the graph has more than {PassPipeline.MaxActors} actors: no pass went over it");
        GraphProfile? profile = arguments.GetValue(_profile) is { } source ? Measure(spec, program, graph, source, terminal, arguments.GetValue(_report)) : null;
        if (arguments.GetValue(_report))
        {
            GraphText.Write(reports, terminal.Error);
            GraphText.Write(graph, terminal.Error);
        }
        switch (format)
        {
            case "svg":
                SvgWriter.Write(graph, terminal.Out, profile);
                break;
            case "dot":
                DotWriter.Write(graph, terminal.Out, profile);
                break;
            default:
                WriteJson(graph, profile, terminal.Out);
                break;
        }
        return ExitCode.Done;
    }

    private static unsafe GraphProfile Measure(CollectionSpec spec, ProgramSpec program, Graph graph, string source, Terminal terminal, bool report)
    {
        using var collection = Collection.Load(spec, new EngineOptions { Cpus = 1 });
        using var executor = new DataflowExecutor(collection.Programs[program.Name], graph);
        using var burst = new PacketBurst(BurstSize, program.Type != ProgramType.Xdp);
        using PacketSource packets = PacketSource.Open(source);
        while (packets.TryRead(out Packet packet))
        {
            burst.Add(packet.Data[..Math.Min(packet.Data.Length, PacketBurst.MaxLength)]);
            if (burst.Count == burst.Capacity)
                RunBurst();
        }
        RunBurst();
        SimulationCounts counts = executor.Counts;
        if (report)
            GraphText.Write(counts, terminal.Error);
        return new GraphProfile(counts.Packets, executor.Firings);

        void RunBurst()
        {
            executor.Run(burst.Frames, burst.Count);
            burst.Clear();
        }
    }

    private static void WriteJson(Graph graph, GraphProfile? profile, TextWriter writer)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
            GraphJson.Write(graph, json, profile);
        writer.WriteLine(Encoding.UTF8.GetString(stream.ToArray()));
    }
}
