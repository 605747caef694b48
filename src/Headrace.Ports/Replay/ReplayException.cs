using Headrace.Bytecode;

namespace Headrace.Ports;

/// <summary>A replay stopped at a packet.</summary>
/// <param name="source">Where the packet came from.</param>
/// <param name="packet">Its index in the source, from 0.</param>
/// <param name="cause">Why.</param>
public sealed class ReplayException(string source, long packet, HeadraceException cause)
    : HeadraceException($"{source}: packet {packet}: {cause.Message}", cause)
{
    /// <summary>The packet's index in the source, from 0.</summary>
    public long Packet { get; } = packet;
}
