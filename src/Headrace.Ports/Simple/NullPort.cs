namespace Headrace.Ports;

/// <summary><c>null:</c> takes every frame and forgets it; with a size it also gives frames without end, to measure a loop by itself.</summary>
internal sealed class NullPort : SimplePort
{
    public static PortKind Kind { get; } = new("null", "null:[size=BYTES][,queues=N]",
        "forgets what it is sent; with a size, gives such frames without end", (spec, _) => new NullPort(spec));

    private const int LongestFrame = 9014;

    private readonly NullQueue[] _queues;

    private NullPort(PortSpec spec) : base(spec.Require(null, "size", "queues"),
        new PortCapabilities { Headroom = Engine.PacketBurst.Headroom, MaxFrame = Engine.PacketBurst.MaxLength, ZeroCopyReceive = true, ZeroCopySend = true })
    {
        int size = spec.Number("size", 0, 60, LongestFrame);
        _queues = new NullQueue[spec.Number("queues", 1, 1, 64)];
        for (int i = 0; i < _queues.Length; i++)
            _queues[i] = new NullQueue(this, i, size);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<PacketQueue> Queues => _queues;

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (NullQueue queue in _queues)
            queue.Dispose();
    }
}
