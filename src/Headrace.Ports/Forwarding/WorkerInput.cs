namespace Headrace.Ports;

/// <summary>A queue that a worker receives from.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Port">The number of its port.</param>
/// <param name="Spreads">True when the port has fewer queues than there are workers: its flows are spread over all of them.</param>
internal sealed record WorkerInput(PacketQueue Queue, int Port, bool Spreads);
