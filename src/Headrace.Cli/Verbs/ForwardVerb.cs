using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Headrace.Bytecode;
using Headrace.Cli.Forward;
using Headrace.Ports;
using Spectre.Console;

namespace Headrace.Cli.Verbs;

/// <summary><c>headrace forward</c>: packets between ports, through a program.</summary>
internal sealed class ForwardVerb : Verb
{
    private readonly Option<string[]> _port = new("--port") { Description = "A port: kind:NAME,key=value; see 'headrace ports'. Give it for each port", HelpName = "PORT" };
    private readonly Option<string?> _program = new("--program") { Description = "Object file with the XDP program", HelpName = "OBJECT" };
    private readonly Option<string?> _name = new("--name") { Description = "The program's name; may be left out where the object has one", HelpName = "NAME" };
    private readonly Option<string> _engine = new("--engine") { Description = "jit or interpreter", HelpName = "E", DefaultValueFactory = _ => "jit" };
    private readonly Option<string[]> _map = new("--map") { Description = "Elements to put: [{\"key\":\"hex\",\"value\":\"hex\"},...]; read again at a reload", HelpName = "NAME=FILE.json" };
    private readonly Option<string[]> _set = new("--set") { Description = "Give a global variable its value", HelpName = "NAME=VALUE" };
    private readonly Option<string[]> _flows = new("--flows") { Description = "Only these flows, as tcpdump writes them, or an object that chooses; the kernel keeps the rest (afxdp:)", HelpName = "FILTER" };
    private readonly Option<string> _pass = new("--pass") { Description = "Where passed packets go: stack (the kernel's), peer (the port beside) or drop", HelpName = "WHERE", DefaultValueFactory = _ => "stack" };
    private readonly Option<int> _workers = new("--workers") { Description = "Threads that forward", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> _cpus = new("--cpus") { Description = "Processors to pin the workers to, in turn: 2,3", HelpName = "LIST" };
    private readonly Option<string> _idle = new("--idle") { Description = "adaptive (spin a while, then sleep until woken), spin, poll or sleep", HelpName = "HOW", DefaultValueFactory = _ => "adaptive" };
    private readonly Option<int> _burst = new("--burst") { Description = "Packets taken at once", HelpName = "N", DefaultValueFactory = _ => 64 };
    private readonly Option<double> _interval = new("--interval", "-i") { Description = "Seconds between two looks", HelpName = "SECONDS", DefaultValueFactory = _ => 1 };
    private readonly Option<double> _seconds = new("--seconds") { Description = "Stop after this long; left out, at Ctrl+C or SIGTERM", HelpName = "SECONDS" };
    private readonly Option<string?> _metrics = new("--metrics") { Description = "Serve Prometheus metrics over HTTP, such as on 127.0.0.1:9100", HelpName = "ADDRESS:PORT" };
    private readonly Option<string?> _control = new("--control") { Description = "Listen for commands on this socket: reload, flows add FILTER, flows remove FILTER, ...", HelpName = "PATH" };
    private readonly Option<string?> _ask = new("--ask") { Description = "Send a command to the forwarder at --control and show its answer", HelpName = "COMMAND" };
    private readonly Option<bool> _json = new("--json") { Description = "A JSON document a look, a line each, the last one final" };

    public ForwardVerb() : base("forward", "Forwards packets between ports through an XDP program in user space.")
    {
        foreach (Option option in (Option[])[_port, _program, _name, _engine, _map, _set, _flows, _pass, _workers, _cpus, _idle, _burst, _interval, _seconds, _metrics, _control, _ask, _json])
            Add(option);
    }

    public override IReadOnlyList<(string Line, string Purpose)> Examples =>
    [
        ("headrace forward --port afxdp:veth0 --port afxdp:veth1 --program firewall.bpf.o --pass peer", "a firewall between two wires, the kernel's stack left out"),
        ("headrace forward --port afxdp:eth0 --program dns.bpf.o --flows 'udp dst port 53'", "DNS comes here, everything else stays with the kernel"),
        ("headrace forward --control /run/hr.sock --ask 'flows add tcp dst port 53'", "one more flow, while it runs"),
        ("headrace forward --port null:size=64 --program macswap.bpf.o --seconds 5 --json", "how fast the loop is by itself"),
    ];

    public override int Run(ParseResult arguments, Terminal terminal)
    {
        if (arguments.GetValue(_ask) is { } command)
            return Ask(arguments.GetValue(_control) ?? throw new UsageException("--ask: whom? give --control PATH as well"), command, terminal);
        double interval = arguments.GetValue(_interval), seconds = arguments.GetValue(_seconds);
        if (interval is < 0.01 or > 86400 or double.NaN)
            throw new UsageException("--interval: 0.01 to 86400 seconds");
        if (seconds is < 0 or double.NaN)
            throw new UsageException("--seconds: more than 0");
        ForwardSettings settings = Settings(arguments);

        using var signals = new ForwardSignals();
        using ForwardSession session = ForwardSession.Start(settings, line => terminal.Error.WriteLine($"headrace: {line}"));
        using TextServer? metrics = arguments.GetValue(_metrics) is { } address ? TextServer.Http(address, () => PrometheusText.Write(session.Forwarder)) : null;
        using TextServer? control = arguments.GetValue(_control) is { } path ? TextServer.Control(path, session.Answer) : null;
        terminal.Error.WriteLine($"headrace: forwarding between {string.Join(", ", settings.Ports)}{(metrics is null ? "" : $"; metrics on http://{metrics.EndPoint}/metrics")}");
        var look = new Look(TimeSpan.FromSeconds(interval), seconds > 0 ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan, signals, session, terminal);
        bool json = arguments.GetValue(_json);
        if (json)
            look.Each(() => terminal.Out.WriteLine(ForwardJson.Line(session.Forwarder, isFinal: false)));
        else if (terminal.IsInteractive)
            ShowLive(look, session);
        else
            look.Each(() => { });

        session.Forwarder.Stop();
        if (json)
            terminal.Out.WriteLine(ForwardJson.Line(session.Forwarder, isFinal: true));
        else
            terminal.Out.WriteLine(ForwardTable.Balance(session.Forwarder.ReadStatistics()));
        return session.Forwarder.Failure is { } failure ? throw new HeadraceException($"a worker stopped: {failure.Message}", failure) : ExitCode.Done;
    }

    private static void ShowLive(Look look, ForwardSession session)
    {
        var table = new ForwardTable(session.Forwarder);
        AnsiConsole.Live(table.Render()).Overflow(VerticalOverflow.Crop).Start(live => look.Each(() => live.UpdateTarget(table.Render())));
    }

    private static int Ask(string path, string command, Terminal terminal)
    {
        string answer = TextServer.Ask(path, command);
        if (answer.StartsWith("error: ", StringComparison.Ordinal))
            throw new HeadraceException(answer["error: ".Length..].TrimEnd());
        terminal.Out.Write(answer);
        return ExitCode.Done;
    }

    private ForwardSettings Settings(ParseResult arguments)
    {
        string[] ports = arguments.GetValue(_port) ?? [];
        if (ports.Length == 0)
            throw new UsageException("--port is missing: which ports? 'headrace ports' lists the kinds");
        int workers = arguments.GetValue(_workers), burst = arguments.GetValue(_burst);
        if (workers is < 1 or > 256)
            throw new UsageException("--workers: 1 to 256");
        if (burst is < 1 or > 1024)
            throw new UsageException("--burst: 1 to 1024");
        return new ForwardSettings(ports, arguments.GetValue(_program) ?? throw new UsageException("--program is missing: an object file with an XDP program"),
            arguments.GetValue(_name), Engines.Parse(arguments.GetValue(_engine)!, withKernel: false), arguments.GetValue(_map) ?? [],
            arguments.GetValue(_set) ?? [], arguments.GetValue(_flows) ?? [], new ForwarderOptions
            {
                Workers = workers,
                Cpus = Cpus(arguments.GetValue(_cpus)),
                Burst = burst,
                Pass = Word<PassMode>("--pass", arguments.GetValue(_pass)!),
                Idle = Word<IdleMode>("--idle", arguments.GetValue(_idle)!),
            });
    }

    private static IReadOnlyList<int>? Cpus(string? list)
    {
        if (list is null)
            return null;
        var cpus = new List<int>();
        foreach (string one in list.Split(','))
        {
            if (!int.TryParse(one, NumberStyles.None, CultureInfo.InvariantCulture, out int cpu) || cpu >= Environment.ProcessorCount)
                throw new UsageException($"--cpus: '{one}' is no processor from 0 to {Environment.ProcessorCount - 1}");
            cpus.Add(cpu);
        }
        return cpus;
    }

    private static T Word<T>(string option, string word) where T : struct, Enum =>
        Enum.GetNames<T>().Contains(word, StringComparer.OrdinalIgnoreCase) && Enum.TryParse(word, ignoreCase: true, out T value)
            ? value
            : throw new UsageException($"{option}: '{word}' is none of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}");

    /// <summary>Looks at the loop until it is time to stop.</summary>
    private sealed class Look(TimeSpan interval, TimeSpan duration, ForwardSignals signals, ForwardSession session, Terminal terminal)
    {
        public void Each(Action show)
        {
            long start = Stopwatch.GetTimestamp();
            while (session.Forwarder.Failure is null)
            {
                TimeSpan wait = duration < TimeSpan.Zero ? interval : TimeSpan.FromTicks(Math.Min(interval.Ticks, (duration - Stopwatch.GetElapsedTime(start)).Ticks));
                if (wait < TimeSpan.Zero)
                    return;
                switch (signals.Wait(wait))
                {
                    case ForwardSignal.Stop:
                        return;
                    case ForwardSignal.Reload:
                        Reload();
                        break;
                    default:
                        show();
                        break;
                }
            }
        }

        private void Reload()
        {
            try
            {
                session.Reload();
                terminal.Error.WriteLine("headrace: reloaded");
            }
            catch (Exception error) when (error is HeadraceException or IOException or UnauthorizedAccessException)
            {
                terminal.Error.WriteLine($"headrace: not reloaded, the old program goes on: {error.Message}");
            }
        }
    }
}
