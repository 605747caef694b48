using Headrace.Engine;

namespace Headrace.Ports;

/// <summary><c>loop:NAME</c>: the two ports that open the same name are the ends of one wire inside this process.</summary>
internal sealed class LoopPort : SimplePort
{
    public static PortKind Kind { get; } = new("loop", "loop:NAME[,ring=N][,queues=N][,frame=BYTES]",
        "one end of a wire inside this process; the other end opens the same name", (spec, _) => new LoopPort(spec));

    private readonly LoopWire _wire;
    private readonly LoopQueue[] _queues;
    private bool _closed;

    private LoopPort(PortSpec spec) : base(spec.Require("a name", "ring", "queues", "frame"), new PortCapabilities
    {
        Headroom = PacketBurst.Headroom,
        MaxFrame = spec.Number("frame", 1514, 60, PacketBurst.MaxLength),
        ZeroCopyReceive = true,
    })
    {
        int queues = spec.Number("queues", 1, 1, 64);
        (_wire, int end) = LoopWire.Connect(spec, queues, spec.PowerOfTwo("ring", 512, 2, 65536), Capabilities.MaxFrame);
        _queues = new LoopQueue[queues];
        for (int i = 0; i < queues; i++)
            _queues[i] = new LoopQueue(this, (uint)i, _wire, end);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<PacketQueue> Queues => _queues;

    /// <inheritdoc/>
    public override string? DownReason => _wire.IsConnected ? null : "the other end is not open";

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (!_closed)
            _wire.Disconnect();
        _closed = true;
    }
}
