namespace Headrace.Ports;

/// <summary>A packet that a program was stopped on or gave no verdict for.</summary>
/// <param name="Time">When.</param>
/// <param name="Port">The port it came in by.</param>
/// <param name="Reason">Why.</param>
/// <param name="Start">Its first bytes, as the program left them.</param>
/// <param name="Length">Its bytes.</param>
public sealed record AbortSample(DateTimeOffset Time, string Port, string Reason, byte[] Start, int Length);
