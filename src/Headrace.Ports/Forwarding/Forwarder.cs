using System.Diagnostics;
using Headrace.Bytecode;
using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>Forwards between ports: workers take bursts from their queues, run a program on them, and do what its verdicts say.</summary>
/// <remarks>
/// <code>
/// using var program = ForwardProgram.Load(CollectionSpec.Load("firewall.bpf.o"), "firewall", EngineKind.Jit, workers: 1);
/// using var left = PortKinds.Open("afxdp:veth0");
/// using var right = PortKinds.Open("afxdp:veth1");
/// using var forwarder = new Forwarder([left, right], program, new ForwarderOptions { Pass = PassMode.Peer });
/// forwarder.Start();
/// ...
/// forwarder.Stop();
/// Console.WriteLine(forwarder.ReadStatistics().Received);
/// </code>
/// </remarks>
public sealed class Forwarder : IDisposable
{
    private const int LargestHandedFrame = 9216;
    private const uint FirstVirtualIfindex = 1;

    // An empty round can fall between two frames of a peer's burst; so many in a row are an end.
    private const int QuietEnough = 64;

    private readonly IReadOnlyList<IPacketPort> _ports;
    private readonly ForwarderOptions _options;
    private readonly Worker[] _workers;
    private readonly Handoff?[,] _handoffs; // from, to
    private readonly AbortSamples _samples = new();
    private bool _started;
    private bool _stopped;
    private long _undrained;

    /// <summary>Makes the workers, with the program compiled for each. The ports stay the caller's and must outlive it.</summary>
    /// <param name="ports">The ports: number n in <see cref="AbortSample"/>, xskmaps and <see cref="PassMode.Peer"/> is the n-th.</param>
    /// <param name="program">The program; it stays the caller's.</param>
    /// <param name="options">How to forward; null for the defaults.</param>
    /// <exception cref="HeadraceException">The program was loaded for fewer workers, or ports share an interface index.</exception>
    public Forwarder(IReadOnlyList<IPacketPort> ports, ForwardProgram program, ForwarderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(ports);
        ArgumentNullException.ThrowIfNull(program);
        ArgumentOutOfRangeException.ThrowIfZero(ports.Count, nameof(ports));
        (_ports, _options) = ([.. ports], options ?? new ForwarderOptions());
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.Workers, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.Burst, nameof(options));
        NumberPorts(_ports);
        CheckWorkers(program);
        _handoffs = new Handoff?[_options.Workers, _options.Workers];
        _workers = new Worker[_options.Workers];
        for (int i = 0; i < _workers.Length; i++)
            _workers[i] = new Worker(i, _ports, _options, MakeProgram(program, i), _samples);
        MakeHandoffs();
    }

    /// <summary>The ports.</summary>
    public IReadOnlyList<IPacketPort> Ports => _ports;

    /// <summary>Why a worker stopped by itself, which stops the loop's sense; null while all is well.</summary>
    public Exception? Failure => Array.Find(_workers, worker => worker.Failure is not null)?.Failure;

    /// <summary>The last packets the program failed on, some of them when there are many.</summary>
    public IReadOnlyList<AbortSample> AbortSamples => _samples.Read();

    /// <summary>Starts the workers.</summary>
    /// <exception cref="InvalidOperationException">It was started already.</exception>
    public void Start()
    {
        if (_started)
            throw new InvalidOperationException("the forwarder was started already");
        _started = true;
        for (int i = 0; i < _workers.Length; i++)
            _workers[i].Start(Row(i), Column(i));
    }

    /// <summary>Runs another program from the next burst of each worker on; no frame is lost and none meets both. Returns when all have switched.</summary>
    /// <param name="program">The program. The one before is the caller's to dispose of now.</param>
    /// <exception cref="HeadraceException">It was loaded for fewer workers; the old one goes on.</exception>
    public void Switch(ForwardProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        CheckWorkers(program);
        WorkerProgram[] programs = [.. _workers.Select((_, number) => MakeProgram(program, number))];
        for (int i = 0; i < _workers.Length; i++)
            _workers[i].Switch(programs[i]);
        if (!_started)
            return;
        while (!_stopped && !Array.TrueForAll(_workers, worker => worker.HasSwitched || worker.Failure is not null))
            Thread.Sleep(TimeSpan.FromMicroseconds(100));
    }

    /// <summary>Stops without losing what was received: ports send new frames elsewhere, queues and rings are emptied, and what was sent gets time to leave.</summary>
    public void Stop()
    {
        if (!_started || _stopped)
            return;
        foreach (IPacketPort port in _ports)
            port.StopReceiving();
        Enter(WorkerPhase.Emptying, worker => worker.QuietRounds >= QuietEnough);
        Enter(WorkerPhase.Flushing, worker => worker.QuietRounds >= QuietEnough && Waiting() == 0);
        WaitFor(worker => worker.QuietRounds >= QuietEnough && worker.Unsent == 0);
        _undrained = _workers.Sum(worker => worker.Unsent);
        _stopped = true;
        foreach (Worker worker in _workers)
            worker.Enter(WorkerPhase.Ended);
        foreach (Worker worker in _workers)
            worker.Join();
        CountStranded();
    }

    /// <summary>What was counted so far. May be called at any time, from any thread.</summary>
    public ForwarderStatistics ReadStatistics()
    {
        // Ends before beginnings: a frame that comes in meanwhile shows up as in flight, never as a surplus.
        long Sum(Outcome outcome) => _workers.Sum(worker => worker.Counters[outcome]);
        (long aborted, long dropped, long passed) = (Sum(Outcome.Aborted), Sum(Outcome.Dropped), Sum(Outcome.Passed));
        (long sent, long redirected) = (Sum(Outcome.Sent), Sum(Outcome.Redirected));
        var refused = new SortedDictionary<RefusalCause, long>();
        foreach (RefusalCause cause in Enum.GetValues<RefusalCause>())
        {
            long count = _workers.Sum(worker => worker.Counters.Refused(cause))
                + _ports.Sum(port => port.Queues.Concat(port.StackQueues).Sum(queue => queue.Counters.Refused(cause)));
            if (count > 0)
                refused[cause] = count;
        }
        var latency = new LatencyHistogram();
        foreach (Worker worker in _workers)
            latency.Add(worker.Latency);
        PortStatistics[] ports = [.. _ports.Select(port => port.ReadStatistics())];
        long copies = _workers.Sum(worker => worker.Counters.Copies);
        return new ForwarderStatistics(ports.Sum(port => port.Received), copies, aborted, dropped, passed, sent, redirected, refused, _undrained, ports,
            [.. _workers.Select(worker => TimeSpan.FromTicks(worker.Counters.ProcessorTime / 100))], latency);
    }

    /// <summary>Stops and releases the workers.</summary>
    public void Dispose()
    {
        Stop();
        foreach (Worker worker in _workers)
            worker.Dispose();
        foreach (Handoff? handoff in _handoffs)
            handoff?.Dispose();
    }

    // Ports that are no kernel interface get numbers that no other has.
    private static void NumberPorts(IReadOnlyList<IPacketPort> ports)
    {
        var taken = new HashSet<uint>();
        foreach (IPacketPort port in ports)
        {
            if (port.Ifindex != 0 && !taken.Add(port.Ifindex))
                throw new HeadraceException($"{port.Spec.Text}: another port has interface index {port.Ifindex} too");
        }
        uint next = FirstVirtualIfindex;
        foreach (IPacketPort port in ports.Where(port => port.Ifindex == 0))
        {
            while (!taken.Add(next))
                next++;
            port.Ifindex = next;
        }
    }

    private void CheckWorkers(ForwardProgram program)
    {
        if (program.Workers < _options.Workers)
            throw new HeadraceException($"program '{program.Program.Name}' was loaded for {program.Workers} workers, there are {_options.Workers}");
    }

    private WorkerProgram MakeProgram(ForwardProgram program, int worker) =>
        new(program, _options.Machine?.Invoke(worker) ?? new MachineOptions { Cpu = worker });

    private void MakeHandoffs()
    {
        int longest = Math.Min(LargestHandedFrame, _ports.Max(port => port.Capabilities.MaxFrame));
        for (int from = 0; from < _workers.Length; from++)
        {
            for (int to = 0; to < _workers.Length; to++)
            {
                if (from != to)
                    _handoffs[from, to] = new Handoff(new FrameRing(_options.HandoffRing, longest), _workers[to].Bell);
            }
        }
    }

    private Handoff?[] Row(int from) => [.. Enumerable.Range(0, _workers.Length).Select(to => _handoffs[from, to])];

    private Handoff?[] Column(int to) => [.. Enumerable.Range(0, _workers.Length).Select(from => _handoffs[from, to])];

    private int Waiting() => _handoffs.Cast<Handoff?>().Sum(handoff => handoff?.Count ?? 0);

    // Frames that a worker gave another which did not get to them in time.
    private void CountStranded()
    {
        for (int from = 0; from < _workers.Length; from++)
        {
            for (int to = 0; to < _workers.Length; to++)
                _workers[to].Counters.CountRefused(RefusalCause.WorkerFull, _handoffs[from, to]?.Count ?? 0);
        }
    }

    private void Enter(WorkerPhase phase, Predicate<Worker> isDone)
    {
        foreach (Worker worker in _workers)
            worker.Enter(phase);
        WaitFor(isDone);
    }

    private void WaitFor(Predicate<Worker> isDone)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < _options.DrainTime && !Array.TrueForAll(_workers, worker => worker.Failure is not null || isDone(worker)))
            Thread.Sleep(TimeSpan.FromMicroseconds(100));
    }
}
