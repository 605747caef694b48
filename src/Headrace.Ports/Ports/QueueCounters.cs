namespace Headrace.Ports;

/// <summary>Counts of one queue: one thread writes, any may read.</summary>
public sealed class QueueCounters
{
    private static readonly int s_causes = Enum.GetValues<RefusalCause>().Length;

    private readonly long[] _refused = new long[s_causes];
    private long _received;
    private long _receivedBytes;
    private long _sent;
    private long _sentBytes;

    /// <summary>Frames received.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Bytes of the frames received, without frame check sequence.</summary>
    public long ReceivedBytes => Volatile.Read(ref _receivedBytes);

    /// <summary>Frames the transmit ring took.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Bytes of the frames sent.</summary>
    public long SentBytes => Volatile.Read(ref _sentBytes);

    /// <summary>Frames refused, whatever the cause.</summary>
    public long AllRefused
    {
        get
        {
            long sum = 0;
            for (int cause = 0; cause < s_causes; cause++)
                sum += Volatile.Read(ref _refused[cause]);
            return sum;
        }
    }

    /// <summary>Frames refused for one cause.</summary>
    public long Refused(RefusalCause cause) => Volatile.Read(ref _refused[(int)cause]);

    /// <summary>Counts frames received.</summary>
    internal void CountReceived(long frames, long bytes)
    {
        Volatile.Write(ref _received, _received + frames);
        Volatile.Write(ref _receivedBytes, _receivedBytes + bytes);
    }

    /// <summary>Counts frames sent; less than none when some turned out not to be.</summary>
    internal void CountSent(long frames, long bytes)
    {
        Volatile.Write(ref _sent, _sent + frames);
        Volatile.Write(ref _sentBytes, _sentBytes + bytes);
    }

    /// <summary>Counts frames refused.</summary>
    internal void CountRefused(RefusalCause cause, long frames) =>
        Volatile.Write(ref _refused[(int)cause], _refused[(int)cause] + frames);
}
