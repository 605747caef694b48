namespace Headrace.Bench;

/// <summary>One side of a comparison of engines: it runs a program on its packet again and again.</summary>
internal interface IEngineSide : IDisposable
{
    /// <summary>Nanoseconds a packet, measured once more.</summary>
    double Measure();
}
