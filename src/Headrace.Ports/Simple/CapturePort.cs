using Headrace.Engine;

namespace Headrace.Ports;

/// <summary><c>pcap:</c> receives what a capture file holds, writes what it is sent to another.</summary>
internal sealed class CapturePort : SimplePort
{
    public static PortKind Kind { get; } = new("pcap", "pcap:[in=FILE][,out=FILE]",
        "receives what a capture holds, as fast as it is taken; writes what it is sent to a capture", (spec, _) => new CapturePort(spec));

    private readonly SourceQueue _queue;

    private CapturePort(PortSpec spec) : base(spec.Require(null, "in", "out"), new PortCapabilities { Headroom = PacketBurst.Headroom, MaxFrame = PacketBurst.MaxLength })
    {
        string? input = spec.Value("in"), output = spec.Value("out");
        if (input is null && output is null)
            throw spec.Fail("in=FILE or out=FILE is wanted");
        if (input is not null && output is not null && Path.GetFullPath(input) == Path.GetFullPath(output))
            throw spec.Fail("in and out are the same file");
        PacketSource? source = input is null ? null : CaptureReader.Open(input);
        try
        {
            _queue = new SourceQueue(this, source, output is null ? null : CaptureWriter.Create(output), PacketBurst.MaxLength);
        }
        catch
        {
            source?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<PacketQueue> Queues => [_queue];

    /// <inheritdoc/>
    public override string? DownReason => _queue.Failure;

    /// <inheritdoc/>
    public override void Dispose() => _queue.Dispose();
}
