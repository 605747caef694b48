using Headrace.Engine;

namespace Headrace.Ports;

/// <summary><c>gen:</c> receives generated traffic; what it is sent it forgets.</summary>
internal sealed class GeneratorPort : SimplePort
{
    public static PortKind Kind { get; } = new("gen", "gen:packets=N,flows=N,sizes=imix,...",
        "receives generated traffic (as 'headrace run --in gen:' makes it); forgets what it is sent", (spec, _) => new GeneratorPort(spec));

    private readonly SourceQueue _queue;

    private GeneratorPort(PortSpec spec) : base(spec, new PortCapabilities { Headroom = PacketBurst.Headroom, MaxFrame = PacketBurst.MaxLength }) =>
        _queue = new SourceQueue(this, new TrafficGenerator(TrafficSpec.Parse(spec.Arguments)), null, TrafficSpec.MaxFrame + 128);

    /// <inheritdoc/>
    public override IReadOnlyList<PacketQueue> Queues => [_queue];

    /// <inheritdoc/>
    public override void Dispose() => _queue.Dispose();
}
