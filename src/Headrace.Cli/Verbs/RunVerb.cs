using System.CommandLine;
using Headrace.Bytecode;
using Headrace.Cli.Batch;
using Headrace.Cli.Runs;
using Headrace.Dataflow;
using Headrace.Engine;
using Headrace.Objects;
using Headrace.Ports;

namespace Headrace.Cli.Verbs;

/// <summary><c>headrace run</c>: packets through a program.</summary>
internal sealed class RunVerb : Verb
{
    private readonly Argument<string?> _object = new("OBJECT") { Description = "BPF object file", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _program = new("--program") { Description = "Program to run; may be left out where the object has one", HelpName = "NAME" };
    private readonly Option<string?> _engine = new("--engine") { Description = "jit (default), batch, interpreter, dataflow or kernel", HelpName = "E" };
    private readonly Option<string?> _stages = new("--stages") { Description = "Look-ups that batch fetches ahead: auto (those in tables beyond the cache), all, none, or stages at most", HelpName = "N" };
    private readonly Option<string?> _in = new("--in") { Description = "Packets: a pcap or pcapng file, '-', or gen: for generated traffic", HelpName = "SOURCE" };
    private readonly Option<string?> _out = new("--out") { Description = "Write the packets that go on to a pcap file", HelpName = "FILE" };
    private readonly Option<int> _repeat = new("--repeat") { Description = "Play the source this often", DefaultValueFactory = _ => 1, HelpName = "N" };
    private readonly Option<string[]> _map = new("--map") { Description = "Elements to put before the run: [{\"key\":\"hex\",\"value\":\"hex\"},...]", HelpName = "NAME=FILE.json" };
    private readonly Option<string[]> _set = new("--set") { Description = "Give a global variable its value: a number, or hex: and its bytes", HelpName = "NAME=VALUE" };
    private readonly Option<string?> _results = new("--results") { Description = "Write a JSON line a packet", HelpName = "FILE" };
    private readonly Option<bool> _dumpMaps = new("--dump-maps") { Description = "Show what the maps hold afterwards" };
    private readonly Option<bool> _unverified = new("--unverified") { Description = "Run what the verifier would refuse, every access checked (interpreter only)" };
    private readonly Option<bool> _trace = new("--trace") { Description = "Write every instruction and the registers it changes to standard error (interpreter)" };
    private readonly Option<bool> _profile = new("--profile") { Description = "Write how often each instruction ran to standard error (interpreter)" };
    private readonly Option<string[]> _disable = new("--disable-pass") { Description = "Leave a pass over the program's graph out; 'all' leaves out every one", HelpName = "NAME" };
    private readonly Option<bool> _report = new("--report") { Description = "Write what each pass did, and what the token simulator counted, to standard error" };
    private readonly Option<string?> _batch = new("--batch") { Description = "Run raw programs, a JSON line each, instead of an object", HelpName = "FILE.jsonl" };
    private readonly Option<bool> _json = new("--json") { Description = "Answer one JSON document" };

    public RunVerb() : base("run", "Runs packets through a program and counts the verdicts.")
    {
        Add(_object);
        foreach (Option option in (Option[])[_program, _engine, _stages, _in, _out, _repeat, _map, _set, _results, _dumpMaps, _unverified, _trace, _profile, _disable, _report, _batch, _json])
            Add(option);
    }

    public override IReadOnlyList<(string Line, string Purpose)> Examples =>
    [
        ("headrace run programs/parse.bpf.o --in capture.pcap", "the verdict of every packet of a capture, counted"),
        ("headrace run programs/firewall.bpf.o --in gen:packets=100000 --map flows=programs/firewall.flows.json --dump-maps", "generated traffic against rules from a file"),
        ("headrace run my.bpf.o --in capture.pcap --trace 2> trace.txt", "every instruction with the registers it changed"),
        ("headrace run my.bpf.o --in capture.pcap --engine kernel --results kernel.jsonl", "the same inside this machine's kernel (needs root)"),
    ];

    public override int Run(ParseResult arguments, Terminal terminal)
    {
        bool watched = arguments.GetValue(_trace) || arguments.GetValue(_profile);
        bool unverified = arguments.GetValue(_unverified);
        string engine = arguments.GetValue(_engine) ?? (watched || unverified ? "interpreter" : "jit");
        EngineKind? kind = engine == Engines.Kernel ? null : Engines.Parse(engine, withKernel: true);
        if (watched && kind != EngineKind.Interpreter)
            throw new UsageException($"--trace and --profile watch the interpreter: leave out --engine {engine}");
        if (unverified && kind != EngineKind.Interpreter)
            throw new UsageException($"--unverified is for the interpreter, which checks every access: leave out --engine {engine}");
        string[] disabled = arguments.GetValue(_disable) ?? [];
        bool report = arguments.GetValue(_report);
        if ((report || disabled.Length > 0) && kind is null or EngineKind.Interpreter)
            throw new UsageException($"--report and --disable-pass are about the program's graph, which engine {engine} does not run");
        PassOptions passes = GraphText.PassesWithout(disabled);
        StageChoice stages = StagesOf(arguments.GetValue(_stages), kind);
        if (arguments.GetValue(_batch) is { } batch)
            return BatchRun.Run(batch, kind, unverified, terminal);

        string path = arguments.GetValue(_object) ?? throw new UsageException("which OBJECT? (or --batch FILE.jsonl)");
        string input = arguments.GetValue(_in) ?? throw new UsageException("--in is missing: a pcap or pcapng file, or gen: for generated traffic");
        int repeat = arguments.GetValue(_repeat);
        if (repeat < 1)
            throw new UsageException("--repeat: at least 1");
        if (repeat > 1 && input == "-")
            throw new UsageException("--repeat: standard input can be played only once");

        string[] inputs = [path, input, .. (arguments.GetValue(_map) ?? []).Select(map => map[(map.IndexOf('=') + 1)..]).Where(file => file.Length > 0)];
        OutputGuard.RequireApart("--out", arguments.GetValue(_out), inputs);
        OutputGuard.RequireApart("--results", arguments.GetValue(_results), inputs);

        CollectionSpec spec = CollectionSpec.Load(path);
        ProgramSpec program = ProgramChoice.Find(spec, arguments.GetValue(_program));
        foreach (string map in arguments.GetValue(_map) ?? [])
            MapFile.Apply(map, spec);
        foreach (string setting in arguments.GetValue(_set) ?? [])
            VariableSetting.Apply(setting, spec);

        LinkType linkType = LinkTypeOf(input, terminal);
        Profiler? profiler = arguments.GetValue(_profile) ? new Profiler() : null;
        InterpreterObserver? observer = arguments.GetValue(_trace) ? new Tracer(terminal.Error) : profiler;
        if (observer is Tracer && profiler is not null)
            throw new UsageException("--trace or --profile: one at a time");
        var options = new MachineOptions { TraceSink = line => terminal.Error.WriteLine($"trace_printk: {line}"), Stages = stages };
        using ISession session = kind is { } ours
            ? new UserSession(spec, program.Name, ours, options, observer, unverified, passes)
            : new KernelSession(spec, program.Name);
        using var outputs = new PacketOutputs(program.Type, arguments.GetValue(_results), arguments.GetValue(_out), linkType);
        using var progress = new Progress(terminal, "packets");
        ReplayResult result = new Replay(() => PacketSource.Open(input))
        {
            Repeat = repeat,
            SocketBuffers = program.Type != ProgramType.Xdp,
            OnPacket = outputs.IsEmpty ? null : outputs.Write,
            OnProgress = progress.Report,
        }.Run(session.Engine);
        progress.Dispose();

        var answer = new RunReport(path, program.Name, program.Type, engine, input, result, arguments.GetValue(_dumpMaps) ? session.DumpMaps() : null, spec.Types);
        if (arguments.GetValue(_json))
            JsonRenderer.Write(answer, terminal.Out);
        else
            TextRenderer.Write(answer, terminal.Out);
        profiler?.Write(terminal.Error);
        if (arguments.GetValue(_stages) is not null)
            StageText.Write(((UserSession)session).Stages, program, terminal.Error);
        if (report)
            ((UserSession)session).WriteReport(terminal.Error);
        return ExitCode.Done;
    }

    private static StageChoice StagesOf(string? text, EngineKind? kind)
    {
        if (text is null)
            return StageChoice.Measured;
        if (kind != EngineKind.Batch)
            throw new UsageException("--stages is for --engine batch");
        return StageChoice.TryParse(text, out StageChoice choice)
            ? choice
            : throw new UsageException($"--stages {text}: auto, all, none, or a number of stages from 0 to {StageChoice.Limit}");
    }

    // Programs expect Ethernet; other captures run too, but a person should know why nothing matches.
    private static LinkType LinkTypeOf(string input, Terminal terminal)
    {
        if (input == "-")
            return LinkType.Ethernet;
        using PacketSource source = PacketSource.Open(input);
        if (!source.TryRead(out Packet packet))
            return LinkType.Ethernet;
        if (packet.LinkType != LinkType.Ethernet)
            terminal.Error.WriteLine($"headrace: note: {input} does not hold Ethernet frames but {packet.LinkType}: the program sees the bytes as they are");
        return packet.LinkType;
    }
}
