namespace Headrace.Ports;

/// <summary>A place where packets come in and go out: who owns the rings is all that differs from one kind to another.</summary>
/// <remarks>
/// Everything on the way of a packet is in the port's <see cref="Queues"/>. Open one with <see cref="PortKinds.Open(PortSpec, PortOptions?)"/>; dispose of it
/// when no worker uses its queues any more.
/// </remarks>
public interface IPacketPort : IDisposable
{
    /// <summary>What it was opened from.</summary>
    PortSpec Spec { get; }

    /// <summary>The interface index that programs see and redirect to: the kernel's for a kernel interface, else what the loop sets before the first frame.</summary>
    uint Ifindex { get; set; }

    /// <summary>What it can do, here and now.</summary>
    PortCapabilities Capabilities { get; }

    /// <summary>Its queues, each a receive and a transmit ring for one worker at a time. At least one.</summary>
    IReadOnlyList<PacketQueue> Queues { get; }

    /// <summary>Queues that hand frames to the kernel's stack as if this port had not been there, one for each of <see cref="Queues"/>; empty when there is no such way.</summary>
    IReadOnlyList<PacketQueue> StackQueues => [];

    /// <summary>Why no packet moves now, such as a peer that is not connected; null while it works.</summary>
    string? DownReason => null;

    /// <summary>Sends new packets elsewhere, to the kernel for instance, so that what is on the receive rings can be finished: the first step of a stop without loss.</summary>
    void StopReceiving() { }

    /// <summary>What was counted so far, over all queues. May be called from any thread.</summary>
    PortStatistics ReadStatistics() => PortStatistics.Sum(Queues);
}
