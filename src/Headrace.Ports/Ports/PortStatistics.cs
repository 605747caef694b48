namespace Headrace.Ports;

/// <summary>What a port counted since it was opened.</summary>
/// <param name="Received">Frames received.</param>
/// <param name="ReceivedBytes">Their bytes.</param>
/// <param name="Sent">Frames its transmit rings took.</param>
/// <param name="SentBytes">Their bytes.</param>
/// <param name="Refused">Frames it was to send and did not, by cause; causes that did not occur are left out.</param>
/// <param name="Missed">Frames lost beyond its reach, by the cause that their owner names.</param>
public sealed record PortStatistics(long Received, long ReceivedBytes, long Sent, long SentBytes,
    IReadOnlyDictionary<RefusalCause, long> Refused, IReadOnlyDictionary<string, long> Missed)
{
    /// <summary>The sum over queues.</summary>
    public static PortStatistics Sum(IEnumerable<PacketQueue> queues)
    {
        ArgumentNullException.ThrowIfNull(queues);
        long received = 0, receivedBytes = 0, sent = 0, sentBytes = 0;
        var refused = new SortedDictionary<RefusalCause, long>();
        var missed = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (PacketQueue queue in queues)
        {
            received += queue.Counters.Received;
            receivedBytes += queue.Counters.ReceivedBytes;
            sent += queue.Counters.Sent;
            sentBytes += queue.Counters.SentBytes;
            foreach (RefusalCause cause in Enum.GetValues<RefusalCause>())
            {
                if (queue.Counters.Refused(cause) is > 0 and var count)
                    refused[cause] = refused.GetValueOrDefault(cause) + count;
            }
            foreach ((string cause, long count) in queue.ReadMissed())
            {
                if (count != 0)
                    missed[cause] = missed.GetValueOrDefault(cause) + count;
            }
        }
        return new PortStatistics(received, receivedBytes, sent, sentBytes, refused, missed);
    }
}
