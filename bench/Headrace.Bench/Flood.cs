namespace Headrace.Bench;

/// <summary>What came of sending packets at whoever takes them.</summary>
/// <param name="Packets">Packets taken.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="ProcessorTime">Processor time that taking them used, in nanoseconds.</param>
internal readonly record struct Flood(long Packets, double Seconds, double ProcessorTime)
{
    /// <summary>Millions of packets a second.</summary>
    public double Mpps => Packets / Seconds / 1e6;

    /// <summary>Processor time a packet.</summary>
    public double Nanoseconds => ProcessorTime / Math.Max(1, Packets);

    /// <summary>Percent of a processor.</summary>
    public double Percent => ProcessorTime / Seconds / 1e7;
}
