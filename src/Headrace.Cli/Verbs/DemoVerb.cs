using System.CommandLine;
using System.Globalization;
using Headrace.Bytecode;
using Headrace.Cli.Runs;
using Headrace.Engine;
using Headrace.Objects;
using Headrace.Ports;
using Spectre.Console;

namespace Headrace.Cli.Verbs;

/// <summary><c>headrace demo</c>: the firewall over generated traffic, on every engine of ours.</summary>
internal sealed class DemoVerb : Verb
{
    private const string Traffic = "gen:packets=200000,flows=1000,sizes=imix,ipv6=10,vlan=5,options=2,attack=synflood:10,seed=1";
    private const int Plays = 5;

    private static readonly string[] s_rules = ["flows", "networks4", "networks6"];

    public DemoVerb() : base("demo", "Shows the main job: an XDP firewall, written in C, over generated traffic. Needs neither root nor a kernel.")
    {
    }

    public override IReadOnlyList<(string Line, string Purpose)> Examples => [("headrace demo", "verdicts, packets a second, and what the maps hold, in a few seconds")];

    public override int Run(ParseResult arguments, Terminal terminal)
    {
        string folder = DemoFiles.Folder();
        CollectionSpec spec = CollectionSpec.Load(Path.Combine(folder, "firewall.bpf.o"));
        foreach (string map in s_rules)
            MapFile.Apply($"{map}={Path.Combine(folder, $"firewall.{map}.json")}", spec);

        TextWriter output = terminal.Out;
        ProgramSpec program = spec.Programs[0];
        output.WriteLine($"An XDP firewall: programs/firewall.bpf.c, compiled to {program.Instructions.Length} eBPF instructions, {spec.Maps.Count} maps,");
        output.WriteLine($"{s_rules.Sum(map => spec.Maps[map].Entries.Count)} rules. Traffic: {Traffic}");
        output.WriteLine();

        var reports = new List<RunReport>();
        using (var progress = new Progress(terminal, "packets"))
        {
            foreach ((string name, EngineKind kind) in new[] { ("interpreter", EngineKind.Interpreter), ("jit", EngineKind.Jit) })
                reports.Add(Play(spec, name, kind, progress));
        }

        // Rates differ from engine to engine, answers must not.
        if (!reports[0].Verdicts().SequenceEqual(reports[1].Verdicts()))
            throw new HeadraceException("the interpreter and the jit gave different verdicts: please report this");

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        console.Write(VerdictTable(reports[0]));
        console.Write(RateTable(reports));
        console.Write(RuleTable(spec, reports[1]));
        output.WriteLine("Next: ./headrace run programs/parse.bpf.o --in YOUR.pcap --dump-maps");
        output.WriteLine("      ./headrace inspect programs/lb.bpf.o         ./headrace run --help");
        return ExitCode.Done;
    }

    private static RunReport Play(CollectionSpec spec, string name, EngineKind kind, Progress progress)
    {
        using var session = new UserSession(spec, spec.Programs[0].Name, kind);
        ReplayResult result = new Replay(() => PacketSource.Open(Traffic)) { Repeat = Plays, OnProgress = progress.Report }.Run(session.Engine);
        return new RunReport(spec.Source, spec.Programs[0].Name, ProgramType.Xdp, name, Traffic, result, session.DumpMaps(), spec.Types);
    }

    private static Table VerdictTable(RunReport report)
    {
        Table table = NewTable("verdict", "packets", "share");
        foreach ((string name, long count) in report.Verdicts().Where(verdict => verdict.Count > 0))
            table.AddRow(name, Number(count), ((double)count / report.Replay.Packets).ToString("P1", CultureInfo.InvariantCulture));
        return table;
    }

    private static Table RateTable(List<RunReport> reports)
    {
        Table table = NewTable("engine", "ns a packet", "packets a second");
        foreach (RunReport report in reports)
        {
            double nanoseconds = report.Replay.NanosecondsPerPacket;
            table.AddRow(report.Engine, nanoseconds.ToString("N1", CultureInfo.InvariantCulture), Number((long)(1e9 / nanoseconds)));
        }
        return table;
    }

    // struct counter { u64 packets, bytes }: programs/firewall.bpf.c.
    private static Table RuleTable(CollectionSpec spec, RunReport report)
    {
        Table table = NewTable("rule", "packets", "bytes");
        MapDump counters = report.Maps!.First(map => map.Spec == spec.Maps["counters"]);
        foreach (MapDumpEntry entry in counters.Entries.Where(entry => !entry.IsZero))
        {
            uint rule = BitConverter.ToUInt32(entry.Key);
            string name = rule switch { 0 => "no rule matched", 1 => "malformed", _ => $"rule {rule}" };
            table.AddRow(name, Number(BitConverter.ToInt64(entry.Values[0], 0)), Number(BitConverter.ToInt64(entry.Values[0], 8)));
        }
        return table;
    }

    private static Table NewTable(string label, params string[] numbers)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn(label);
        foreach (string number in numbers)
            table.AddColumn(new TableColumn(number).RightAligned());
        return table;
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
