namespace Headrace.Ports;

/// <summary>A port whose queues are all there is to it.</summary>
/// <param name="spec">What it was opened from.</param>
/// <param name="capabilities">What it can do.</param>
internal abstract class SimplePort(PortSpec spec, PortCapabilities capabilities) : IPacketPort
{
    /// <inheritdoc/>
    public PortSpec Spec { get; } = spec;

    /// <inheritdoc/>
    public uint Ifindex { get; set; }

    /// <inheritdoc/>
    public PortCapabilities Capabilities { get; } = capabilities;

    /// <inheritdoc/>
    public abstract IReadOnlyList<PacketQueue> Queues { get; }

    /// <inheritdoc/>
    public virtual string? DownReason => null;

    /// <inheritdoc/>
    public abstract void Dispose();
}
