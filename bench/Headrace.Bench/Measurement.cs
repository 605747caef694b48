namespace Headrace.Bench;

/// <summary>Measures whoever takes packets off a wire.</summary>
/// <param name="count">Packets taken so far, and the processor time of who takes them in nanoseconds.</param>
/// <returns>What came of it.</returns>
internal delegate Flood Measurement(Func<(long Packets, double ProcessorTime)> count);
