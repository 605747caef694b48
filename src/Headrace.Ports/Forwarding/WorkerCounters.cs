namespace Headrace.Ports;

/// <summary>What became of the frames a worker had the last word on: it alone writes, any thread may read.</summary>
internal sealed class WorkerCounters
{
    private static readonly int s_outcomes = Enum.GetValues<Outcome>().Length;
    private static readonly int s_causes = Enum.GetValues<RefusalCause>().Length;

    private readonly long[] _outcomes = new long[s_outcomes];
    private readonly long[] _refused = new long[s_causes];
    private long _copies;
    private long _processorTime;

    /// <summary>Nanoseconds of processor time the worker's thread has used, as of its last look.</summary>
    public long ProcessorTime
    {
        get => Volatile.Read(ref _processorTime);
        set => Volatile.Write(ref _processorTime, value);
    }

    /// <summary>Frames made by copying one that goes to several ports.</summary>
    public long Copies => Volatile.Read(ref _copies);

    public long this[Outcome outcome] => Volatile.Read(ref _outcomes[(int)outcome]);

    /// <summary>Frames that no queue was asked to send, by cause.</summary>
    public long Refused(RefusalCause cause) => Volatile.Read(ref _refused[(int)cause]);

    public void Count(Outcome outcome, long frames) => Volatile.Write(ref _outcomes[(int)outcome], _outcomes[(int)outcome] + frames);

    public void CountRefused(RefusalCause cause, long frames) => Volatile.Write(ref _refused[(int)cause], _refused[(int)cause] + frames);

    public void CountCopies(long frames) => Volatile.Write(ref _copies, _copies + frames);
}
