using Headrace.Engine;
using Headrace.Objects;
using Headrace.Ports;

namespace Headrace.Bench;

/// <summary>A forwarder between two ports, on one processor.</summary>
internal sealed class ForwardingMiddle : IDisposable
{
    private readonly ForwardProgram _program;
    private readonly List<IPacketPort> _ports = [];
    private readonly Forwarder _forwarder;

    public ForwardingMiddle(CollectionSpec spec, int processor, params string[] ports)
    {
        _program = ForwardProgram.Load(spec, spec.Programs.Single().Name, EngineKind.Jit, 1);
        foreach (string port in ports)
            _ports.Add(PortKinds.Open(port));
        _forwarder = new Forwarder(_ports, _program, new ForwarderOptions { Cpus = [processor], Idle = IdleMode.Spin, Pass = PassMode.Peer, DrainTime = TimeSpan.FromMilliseconds(50) });
        _forwarder.Start();
    }

    /// <summary>Packets received so far.</summary>
    public long Received() => _forwarder.ReadStatistics().Received;

    /// <inheritdoc/>
    public void Dispose()
    {
        _forwarder.Dispose();
        foreach (IPacketPort port in _ports)
            port.Dispose();
        _program.Dispose();
    }
}
