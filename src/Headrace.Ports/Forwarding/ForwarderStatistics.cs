namespace Headrace.Ports;

/// <summary>What a loop did since it started. Every frame received is in exactly one of the others, or still inside while the loop runs.</summary>
/// <param name="Received">Frames received, over all ports.</param>
/// <param name="Copies">Frames made by copying one that goes to several ports.</param>
/// <param name="Aborted">Frames the program failed on, or gave no known verdict.</param>
/// <param name="Dropped">Frames dropped.</param>
/// <param name="Passed">Frames passed on to the kernel's stack or to where passed frames go.</param>
/// <param name="Sent">Frames sent back by the port they came in by.</param>
/// <param name="Redirected">Frames sent by another port.</param>
/// <param name="Refused">Frames that could not go where their verdict wanted them, by cause.</param>
/// <param name="Undrained">Of the frames sent: how many the other side had not taken when the loop stopped.</param>
/// <param name="Ports">What each port counted.</param>
/// <param name="ProcessorTime">Processor time of each worker.</param>
/// <param name="Latency">Time from receive time stamp to transmit.</param>
public sealed record ForwarderStatistics(long Received, long Copies, long Aborted, long Dropped, long Passed, long Sent, long Redirected,
    IReadOnlyDictionary<RefusalCause, long> Refused, long Undrained, IReadOnlyList<PortStatistics> Ports, IReadOnlyList<TimeSpan> ProcessorTime,
    LatencyHistogram Latency)
{
    /// <summary>Frames refused, whatever the cause.</summary>
    public long AllRefused => Refused.Values.Sum();

    /// <summary>Frames with an end.</summary>
    public long Finished => Aborted + Dropped + Passed + Sent + Redirected + AllRefused;

    /// <summary>Frames received (or copied) and not finished: those inside a running loop, 0 after a stop.</summary>
    public long InFlight => Received + Copies - Finished;
}
