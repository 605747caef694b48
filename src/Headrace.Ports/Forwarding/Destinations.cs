namespace Headrace.Ports;

/// <summary>Every way a frame can go from one worker.</summary>
internal sealed class Destinations : IDisposable
{
    private readonly List<Destination> _all = [];
    private readonly Destination[] _transmit;
    private readonly Destination[] _redirect;
    private readonly Destination[] _pass;

    /// <summary>Makes the ways of a worker.</summary>
    /// <param name="worker">Its number.</param>
    /// <param name="ports">The ports of the loop.</param>
    /// <param name="options">How the loop forwards.</param>
    /// <param name="counters">The worker's counters.</param>
    /// <param name="handoffs">Its ways to the other workers.</param>
    public Destinations(int worker, IReadOnlyList<IPacketPort> ports, ForwarderOptions options, WorkerCounters counters, IReadOnlyList<Handoff?> handoffs)
    {
        int burst = options.Burst;
        Dropped = Add(Destination.Ends(counters, burst, Outcome.Dropped));
        Aborted = Add(Destination.Ends(counters, burst, Outcome.Aborted));
        NoTarget = Add(Destination.Refuses(counters, burst, RefusalCause.NoTarget));
        _transmit = [.. ports.Select((port, index) => ToQueue(port.Queues, index, Outcome.Sent))];
        _redirect = [.. ports.Select((port, index) => ToQueue(port.Queues, index, Outcome.Redirected))];
        _pass = [.. ports.Select((_, index) => PassFrom(index))];

        // Queue n is worker n's; a worker beyond the last queue goes through the owner of one.
        Destination ToQueue(IReadOnlyList<PacketQueue> queues, int port, Outcome outcome) => Add(worker < queues.Count
            ? Destination.Sends(counters, burst, outcome, queues[worker])
            : Destination.HandsOver(counters, burst, handoffs[worker % queues.Count]!, new HandoffTag(HandoffKind.Finish, port, (int)outcome)));

        Destination PassFrom(int port) => options.Pass switch
        {
            PassMode.Drop => Dropped,
            PassMode.Peer => (port ^ 1) < ports.Count ? ToQueue(ports[port ^ 1].Queues, port, Outcome.Passed) : NoTarget,
            _ when ports[port].Capabilities.KernelKeepsCopy => Add(Destination.Ends(counters, burst, Outcome.Passed)),
            _ when ports[port].StackQueues.Count > 0 => ToQueue(ports[port].StackQueues, port, Outcome.Passed),
            _ => NoTarget,
        };
    }

    /// <summary>Frames that are dropped.</summary>
    public Destination Dropped { get; }

    /// <summary>Frames without a verdict.</summary>
    public Destination Aborted { get; }

    /// <summary>Frames for a port, worker or receiver that is not there.</summary>
    public Destination NoTarget { get; }

    /// <summary>All of them.</summary>
    public IReadOnlyList<Destination> All => _all;

    /// <summary>Back out by the port.</summary>
    public Destination Transmit(int port) => _transmit[port];

    /// <summary>Out by another port; nowhere when the port's number is negative.</summary>
    public Destination Redirect(int port) => port < 0 ? NoTarget : _redirect[port];

    /// <summary>Where frames go that came in by the port and are passed.</summary>
    public Destination Pass(int port) => _pass[port];

    /// <summary>Where another worker's verdict on a frame sends it.</summary>
    public Destination Of(Outcome outcome, int port) => outcome switch
    {
        Outcome.Sent => Transmit(port),
        Outcome.Redirected => Redirect(port),
        _ => Pass(port),
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Destination destination in _all)
            destination.Dispose();
    }

    private Destination Add(Destination destination)
    {
        _all.Add(destination);
        return destination;
    }
}
