using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>What a replay sends its packets through: an engine of ours, or the kernel.</summary>
public interface IReplayEngine
{
    /// <summary>Runs every packet of a burst, in order; verdicts and what became of the packets are left in the burst's frames.</summary>
    /// <returns>Nanoseconds that the program itself took, as exactly as the engine can tell.</returns>
    double Run(PacketBurst burst);
}
