using Headrace.Bytecode;

namespace Headrace.Ports;

/// <summary>What came of a replay.</summary>
/// <param name="Packets">Packets run, over all repeats.</param>
/// <param name="Bytes">Their bytes before the program, over all repeats.</param>
/// <param name="Verdicts">How often each verdict was given: the value of R0's low half to a count.</param>
/// <param name="NanosecondsPerPacket">Time in the program alone: the median over the repeats; 0 when there was no packet.</param>
public sealed record ReplayResult(long Packets, long Bytes, IReadOnlyDictionary<uint, long> Verdicts, double NanosecondsPerPacket)
{
    /// <summary>How often an XDP program gave this verdict.</summary>
    public long Count(XdpAction action) => Verdicts.GetValueOrDefault((uint)action);
}
