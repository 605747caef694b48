using System.Diagnostics;
using Headrace.Engine;
using Headrace.Linux;

namespace Headrace.Ports;

/// <summary>A thread of a <see cref="Forwarder"/>: takes bursts from its queues, runs the program on them, and does what the verdicts say before it takes the next.</summary>
internal sealed unsafe partial class Worker : IDisposable
{
    private const ulong TimerInterval = 1_000_000, MaintenanceInterval = 50_000_000; // ns
    private const int RoundsBetweenLooks = 32;

    private readonly int _number;
    private readonly IReadOnlyList<IPacketPort> _ports;
    private readonly ForwarderOptions _options;
    private readonly AbortSamples _samples;
    private readonly List<WorkerInput> _inputs = [];
    private readonly List<PacketQueue> _queues = [];
    private readonly FrameArray _frames;
    private readonly FrameArray _handedFrames;
    private readonly RedirectResolver _redirects;
    private readonly Thread _thread;
    private Destinations _destinations = null!;
    private WorkerProgram _program;
    private WorkerProgram? _next;
    private volatile WorkerPhase _phase;
    private volatile WorkerPhase _seenPhase;
    private volatile bool _hasNext;
    private int _quietRounds;
    private ulong _lastTimers;
    private ulong _lastMaintenance;
    private uint _round;

    public Worker(int number, IReadOnlyList<IPacketPort> ports, ForwarderOptions options, WorkerProgram program, AbortSamples samples)
    {
        (_number, _ports, _options, _program, _samples) = (number, ports, options, program, samples);
        _frames = new FrameArray(options.Burst);
        _handedFrames = new FrameArray(options.Burst);
        _gone = Destination.ReleasesOnly(Counters, options.Burst);
        _redirects = new RedirectResolver(ports);
        _rss = new Toeplitz(options.SymmetricRss ? Toeplitz.SymmetricKey : Toeplitz.StandardKey);
        for (int port = 0; port < ports.Count; port++)
        {
            IReadOnlyList<PacketQueue> queues = ports[port].Queues;
            bool spreads = queues.Count < options.Workers && options.Workers > 1;
            for (int queue = number; queue < queues.Count; queue += options.Workers)
                _inputs.Add(new WorkerInput(queues[queue], port, spreads));
            _queues.AddRange(Mine(queues));
            _queues.AddRange(Mine(ports[port].StackQueues));
        }
        _thread = new Thread(Run) { IsBackground = true, Name = $"headrace worker {number}" };
    }

    /// <summary>What it counted.</summary>
    public WorkerCounters Counters { get; } = new();

    /// <summary>From receive time stamp to transmit, of the frames it sent.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Wakes it when it sleeps.</summary>
    public Bell Bell { get; } = new();

    /// <summary>Why it stopped by itself; null while all is well.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Rounds without work since there was some, or since the phase changed.</summary>
    public int QuietRounds => _seenPhase == _phase ? Volatile.Read(ref _quietRounds) : 0;

    /// <summary>True when the program given last is the one that runs.</summary>
    public bool HasSwitched => !_hasNext;

    /// <summary>Frames its queues have sent and the other side has not taken.</summary>
    public int Unsent => _queues.Sum(queue => queue.Unsent);

    /// <summary>Gives it its ways to and from the others, and starts it.</summary>
    public void Start(IReadOnlyList<Handoff?> outgoing, IReadOnlyList<Handoff?> incoming)
    {
        (_outgoing, _incoming) = ([.. outgoing], [.. incoming.OfType<Handoff>()]);
        _destinations = new Destinations(_number, _ports, _options, Counters, outgoing);
        _wake = new WakeSet(Bell, _queues, _options.NapTime);
        _thread.Start();
    }

    /// <summary>Has it run another program from its next burst on.</summary>
    public void Switch(WorkerProgram next)
    {
        _next?.Dispose(); // one that a worker which has ended never took
        _next = next;
        _hasNext = true;
        Bell.Ring();
    }

    /// <summary>Has it go on to the next phase of a stop.</summary>
    public void Enter(WorkerPhase phase)
    {
        _phase = phase;
        Bell.Ring();
    }

    /// <summary>Waits until the thread has ended.</summary>
    public void Join() => _thread.Join();

    /// <summary>Releases what it holds; the thread has ended or was never started.</summary>
    public void Dispose()
    {
        _destinations?.Dispose();
        _gone.Dispose();
        _frames.Dispose();
        _handedFrames.Dispose();
        Bell.Dispose();
        _program.Dispose();
        _next?.Dispose();
    }

    private IEnumerable<PacketQueue> Mine(IReadOnlyList<PacketQueue> queues) => queues.Where((_, index) => index % _options.Workers == _number);

    private void Run()
    {
        try
        {
            if (_options.Cpus is { Count: > 0 } cpus)
                _ = Processors.Pin(cpus[_number % cpus.Count]);
            while (_phase != WorkerPhase.Ended)
                RunRound();
        }
        catch (Exception error)
        {
            // The loop stops as a whole and tells: a thread that dies alone would look like a wire that is cut.
            Failure = error;
        }
        Counters.ProcessorTime = ThreadClock.Nanoseconds;
    }

    private void RunRound()
    {
        if (_hasNext)
            TakeNextProgram();
        if (_seenPhase != _phase)
        {
            Volatile.Write(ref _quietRounds, 0);
            _seenPhase = _phase;
        }
        int work = 0;
        if (_phase <= WorkerPhase.Emptying)
        {
            foreach (WorkerInput input in _inputs)
                work += Poll(input);
        }
        foreach (Handoff handoff in _incoming)
            work += TakeHanded(handoff);

        if (work > 0)
        {
            Volatile.Write(ref _quietRounds, 0);
            _wake.FoundWork();
            if (++_round % RoundsBetweenLooks == 0)
                LookAround(PortClock.Now);
            return;
        }
        ulong now = PortClock.Now;
        LookAround(now);
        foreach (PacketQueue queue in _queues)
            queue.Flush();
        Volatile.Write(ref _quietRounds, _quietRounds + 1);
        BeIdle(now);
    }

    private int Poll(WorkerInput input)
    {
        Frame* frames = _frames.Frames;
        int received = input.Queue.Receive(frames, _options.Burst);
        if (received == 0)
            return 0;
        int mine = input.Spreads ? Spread(input, frames, received) : received;
        if (mine > 0)
            Process(_program.Main, input.Port, input.Queue, frames, mine);
        return received;
    }

    private void LookAround(ulong now)
    {
        if (now - _lastTimers >= TimerInterval)
        {
            _lastTimers = now;
            RunTimers();
        }
        if (now - _lastMaintenance < MaintenanceInterval)
            return;
        _lastMaintenance = now;
        foreach (PacketQueue queue in _queues)
            queue.Maintain();
        Counters.ProcessorTime = ThreadClock.Nanoseconds;
    }

    private void RunTimers()
    {
        try
        {
            _program.Main.Machine.RunTimers();
        }
        catch (ProgramFaultException error)
        {
            Debug.WriteLine(error.Message); // a timer has no packet: nothing to count it by
        }
    }

    private void TakeNextProgram()
    {
        _program.Dispose();
        _program = _next!;
        _next = null;
        _redirects.Forget();
        _hasNext = false;
    }
}
