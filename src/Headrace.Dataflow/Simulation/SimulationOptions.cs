namespace Headrace.Dataflow;

/// <summary>How the token simulator runs.</summary>
/// <param name="PacketsInFlight">Packets at a time.</param>
/// <param name="Disorder">A seed: actors take random times, so that every order that the links allow comes up. Null for the times of <see cref="Latency"/>.</param>
internal sealed record SimulationOptions(int PacketsInFlight = 1, ulong? Disorder = null);
