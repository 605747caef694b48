using Headrace.Bytecode;
using Headrace.Cli.Runs;
using Headrace.Objects;
using Headrace.Ports;

namespace Headrace.Cli.Forward;

/// <summary>Ports, a program and the loop between them, as a command line describes them; program and flows can be changed while it runs.</summary>
internal sealed class ForwardSession : IDisposable
{
    private const string ObjectSuffix = ".o";

    private readonly ForwardSettings _settings;
    private readonly List<IPacketPort> _ports = [];
    private readonly List<FlowFilter> _flows = [];
    private readonly Lock _changing = new();
    private ForwardProgram? _program;
    private bool _hasFlowObject;

    private ForwardSession(ForwardSettings settings) => _settings = settings;

    /// <summary>The loop.</summary>
    public Forwarder Forwarder { get; private set; } = null!;

    /// <summary>Opens everything and starts.</summary>
    /// <exception cref="HeadraceException">Something cannot be opened or loaded; nothing stays behind.</exception>
    public static ForwardSession Start(ForwardSettings settings, Action<string> note)
    {
        var session = new ForwardSession(settings);
        try
        {
            // What cannot be loaded is found before interfaces are touched.
            session._program = session.LoadProgram(null);
            var options = new PortOptions
            {
                Workers = settings.Forwarding.Workers,
                Ports = settings.Ports.Count,
                Steer = session.ReadFlows(),
                Note = note,
            };
            PortSpec[] specs = [.. settings.Ports.Select(PortSpec.Parse)];
            foreach (PortSpec spec in specs)
                session._ports.Add(PortKinds.Open(spec, options));
            if (options.Steer is not null)
                _ = session.SteerablePorts();
            session.TellOfPass(note);
            session.Forwarder = new Forwarder(session._ports, session._program, settings.Forwarding);
            session.Forwarder.Start();
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Reads object and map files again and has the workers change over, between two bursts.</summary>
    /// <exception cref="HeadraceException">They cannot be loaded; the old program goes on.</exception>
    public void Reload()
    {
        lock (_changing)
        {
            ForwardProgram next = LoadProgram(_program);
            Forwarder.Switch(next);
            _program!.Dispose();
            _program = next;
        }
    }

    /// <summary>Answers a line of the control socket.</summary>
    public string Answer(string line)
    {
        try
        {
            return Obey(line.Trim());
        }
        catch (HeadraceException error)
        {
            return $"error: {error.Message}\n";
        }
    }

    /// <summary>Stops the loop, without losing what was received, and closes the ports.</summary>
    public void Dispose()
    {
        Forwarder?.Dispose();
        foreach (IPacketPort port in _ports)
            port.Dispose();
        _program?.Dispose();
    }

    private string Obey(string line)
    {
        const string Add = "flows add ", Remove = "flows remove ";
        if (line == "reload")
        {
            Reload();
            return "ok\n";
        }
        if (line == "flows")
            return string.Concat(Flows().Select(flow => flow + "\n"));
        if (line.StartsWith(Add, StringComparison.Ordinal))
        {
            FlowFilter flow = FlowFilter.Compile(line[Add.Length..].Trim());
            ChangeFlows(flows => flows.Add(flow));
            return "ok\n";
        }
        if (line.StartsWith(Remove, StringComparison.Ordinal))
        {
            string expression = line[Remove.Length..].Trim();
            ChangeFlows(flows =>
            {
                if (flows.RemoveAll(flow => flow.Expression == expression) == 0)
                    throw new HeadraceException($"there is no flow '{expression}'; there are: {string.Join(", ", flows)}");
                if (flows.Count == 0)
                    throw new HeadraceException("the last flow cannot be removed: without flows every packet would come here");
            });
            return "ok\n";
        }
        if (line == "statistics")
            return ForwardJson.Line(Forwarder, isFinal: false) + "\n";
        if (line == "metrics")
            return PrometheusText.Write(Forwarder);
        return $"error: '{line}' is no command; there are: reload, flows, flows add EXPRESSION, flows remove EXPRESSION, statistics, metrics\n";
    }

    private IReadOnlyList<string> Flows()
    {
        lock (_changing)
            return [.. _flows.Select(flow => flow.Expression)];
    }

    private void ChangeFlows(Action<List<FlowFilter>> change)
    {
        lock (_changing)
        {
            if (_hasFlowObject)
                throw new HeadraceException("a program of its own chooses the flows: change its maps instead");
            List<FlowFilter> next = [.. _flows];
            change(next);
            foreach (ISteerable port in SteerablePorts())
                port.Steer(next);
            _flows.Clear();
            _flows.AddRange(next);
        }
    }

    private Action<ISteerable>? ReadFlows()
    {
        if (_settings.Flows.Count == 0)
            return null;
        if (_settings.Flows.FirstOrDefault(flow => flow.EndsWith(ObjectSuffix, StringComparison.Ordinal)) is { } path)
        {
            if (_settings.Flows.Count > 1)
                throw new UsageException("--flows: one object, or expressions");
            CollectionSpec spec = CollectionSpec.Load(path);
            _hasFlowObject = true;
            return port => port.Steer(spec);
        }
        _flows.AddRange(_settings.Flows.Select(FlowFilter.Compile));
        return port => port.Steer(_flows);
    }

    private ISteerable[] SteerablePorts()
    {
        ISteerable[] ports = [.. _ports.OfType<ISteerable>()];
        return ports.Length > 0 ? ports : throw new HeadraceException("flows are steered by afxdp: ports, and there is none");
    }

    private void TellOfPass(Action<string> note)
    {
        if (_settings.Forwarding.Pass == PassMode.Peer && _ports.Count % 2 == 1)
            note($"{_ports[^1].Spec.Text}: has no peer: packets that the program passes are refused");
        if (_settings.Forwarding.Pass != PassMode.Stack)
            return;
        foreach (IPacketPort port in _ports.Where(port => port.StackQueues.Count == 0 && !port.Capabilities.KernelKeepsCopy))
            note($"{port.Spec.Text}: has no way to the kernel's stack: packets that the program passes are refused (--pass peer or --pass drop)");
    }

    private ForwardProgram LoadProgram(ForwardProgram? previous)
    {
        CollectionSpec spec = CollectionSpec.Load(_settings.Object);
        string name = _settings.ProgramName ?? OnlyXdp(spec);
        foreach (string map in _settings.Maps)
            MapFile.Apply(map, spec);
        foreach (string variable in _settings.Variables)
            VariableSetting.Apply(variable, spec);
        // A map with a file shall hold what the file says now; the others keep what they hold.
        HashSet<string> fresh = [.. _settings.Maps.Select(map => map[..map.IndexOf('=')])];
        return ForwardProgram.Load(spec, name, _settings.Engine, _settings.Forwarding.Workers, previous, fresh);
    }

    // Programs for devmaps and cpumaps are started by maps, never by a port.
    private static string OnlyXdp(CollectionSpec spec)
    {
        ProgramSpec[] candidates = [.. spec.Programs.Where(program => program.Type == ProgramType.Xdp && program.ExpectedAttachType is not (AttachType.XdpDevmap or AttachType.XdpCpumap))];
        return candidates.Length == 1 ? candidates[0].Name : ProgramChoice.Find(spec, null).Name;
    }
}
