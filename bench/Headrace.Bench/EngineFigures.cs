namespace Headrace.Bench;

/// <summary>Nanoseconds a packet, net of the empty program on the same side.</summary>
/// <param name="Ours">The jit's.</param>
/// <param name="Kernel">The kernel's; null where it was not measured.</param>
/// <param name="Native">Of the same source compiled for the processor itself; null where there is none.</param>
internal readonly record struct EngineFigures(double Ours, double? Kernel, double? Native);
