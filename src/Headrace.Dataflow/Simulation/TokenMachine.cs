namespace Headrace.Dataflow;

/// <summary>Runs a graph as a dataflow machine: an actor fires when every input holds a token. The reference model of hardware.</summary>
/// <remarks>
/// Control activates blocks; a branch steers the tokens that its block sends on, whether they are there yet or not. Every activation
/// has its own tokens, so that rounds of a loop, calls and packets overlap as far as their data allow. There is no limit to the
/// number of actors that fire in a cycle.
/// </remarks>
internal sealed partial class TokenMachine
{
    // Activations at a time: loops that run ahead of their data take no more memory than this.
    private const int MaxActivations = 512;

    private readonly TokenWorld _world;
    private readonly Dictionary<int, FunctionPlan> _plans = [];
    private readonly List<(Activation Activation, int Actor)>[] _calendar = new List<(Activation, int)>[Latency.Max + 1];
    private readonly List<(Activation Activation, int Place, ulong Value)> _deliveries = [];
    private readonly Queue<(Activation From, int Exit)> _held = new();
    private readonly Queue<PacketTag> _open = new();
    private readonly Graph _graph;
    private readonly SimulationOptions _options;
    private long _now;
    private int _pending;
    private int _firedNow;
    private long _tokens;
    private PacketTag? _last;
    private int _inFlight;
    private int _activations;
    private bool _isNested;
    private int _failedPacket = int.MaxValue;
    private Exception? _failure;
    private ulong _random;

    public TokenMachine(Graph graph, TokenWorld world, SimulationOptions options)
    {
        _graph = graph;
        _world = world;
        _options = options;
        _random = options.Disorder ?? 0;
        for (int i = 0; i < _calendar.Length; i++)
            _calendar[i] = [];
    }

    /// <summary>What was counted so far.</summary>
    public SimulationCounts Counts { get; } = new();

    /// <summary>How often each actor of the functions that ran has fired.</summary>
    public Dictionary<Actor, long> Firings => _plans.Values.SelectMany(plan => plan.Blocks).SelectMany(block => block.Actors)
        .Where(plan => plan.Actor is not null).ToDictionary(plan => plan.Actor!, plan => plan.Firings);

    /// <summary>The layout of a function.</summary>
    public FunctionPlan PlanOf(int start) => _plans.TryGetValue(start, out FunctionPlan? plan) ? plan : _plans[start] = new FunctionPlan(_graph.FunctionAt(start), _world);

    /// <summary>Runs the program over packets, several at a time.</summary>
    /// <exception cref="Exception">What the world threw for an access: the run is given up.</exception>
    public void Run(int count)
    {
        Reset();
        int begun = 0;
        while (begun < count || _inFlight > 0)
        {
            while (begun < count && begun - Oldest(begun) < _options.PacketsInFlight)
                Begin(begun++);
            Step();
            Unblock();
            count = Math.Min(count, _failedPacket);
        }
        if (_failure is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
    }

    /// <summary>The first packet that is not done: numbers in flight span no more than the limit, so that each has a stack of its own.</summary>
    private int Oldest(int begun)
    {
        while (_open.TryPeek(out PacketTag? packet))
        {
            if (!packet.IsDone)
                return packet.Number;
            _open.Dequeue();
        }
        return begun;
    }

    /// <summary>A packet was stopped: those before it go on to their end, it and those behind it are dropped.</summary>
    private void Fail(PacketTag packet, Exception failure)
    {
        (_failedPacket, _failure) = (packet.Number, failure);
        for (PacketTag? dropped = packet; dropped is not null; dropped = dropped.After)
        {
            if (!dropped.IsDone)
                _inFlight--;
            dropped.IsDone = true;
        }
        if (packet.Before is { } before)
            before.After = null;
    }

    private bool IsDropped(Activation activation) => activation.Owner.Packet.Number >= _failedPacket;

    // Blocks held back wait for others to end; where all wait for each other, as calls side by side may, one goes on.
    private void Unblock()
    {
        while (_pending == 0 && _held.TryDequeue(out var held))
        {
            if (IsDropped(held.From))
                continue;
            Release(held.From, held.Exit);
            Drain();
        }
        if (_pending == 0 && _inFlight > 0)
            throw new InvalidOperationException($"{_inFlight} packets wait for tokens that do not come: the graph is not sound");
    }

    /// <summary>Calls one function for a packet that is in flight on another machine: a helper's callback.</summary>
    public ulong Call(int tag, int start, ReadOnlySpan<ulong> arguments, int depth)
    {
        Reset();
        var packet = new PacketTag { Number = tag, Start = _now };
        var call = new Invocation { Plan = PlanOf(start), Packet = packet, Depth = depth, FrameTop = Frame(_world.FrameTop(tag), depth) };
        _inFlight++;
        _isNested = true;
        Enter(call, arguments, null);
        Drain();
        while (_pending > 0)
        {
            Step();
            Unblock();
        }
        return call.Result;
    }

    /// <summary>R10 so many frames further down.</summary>
    internal static ulong Frame(ulong top, int frames) => top - 512UL * (ulong)frames;

    private void Reset()
    {
        foreach (List<(Activation, int)> events in _calendar)
            events.Clear();
        _deliveries.Clear();
        (_pending, _inFlight, _last, _tokens) = (0, 0, null, 0);
        _held.Clear();
        _open.Clear();
        _activations = 0;
        (_failedPacket, _failure) = (int.MaxValue, null);
    }

    private void Begin(int number)
    {
        Span<ulong> arguments = stackalloc ulong[6];
        arguments.Clear();
        _world.Begin(number, arguments);
        var packet = new PacketTag { Number = number, Start = _now, Before = _last };
        if (_last is not null)
            _last.After = packet;
        if (_last?.Before is { } settled && settled.HasReleasedAll(_graph.Regions.SharedMask))
            _last.Before = null;
        _last = packet;
        _open.Enqueue(packet);
        _inFlight++;
        Counts.Packets++;
        var call = new Invocation { Plan = PlanOf(0), Packet = packet, Depth = 0, FrameTop = _world.FrameTop(number) };
        Enter(call, arguments[1..], packet.Before);
        Drain();
    }

    /// <summary>Activates a function's entry.</summary>
    /// <param name="call">The call.</param>
    /// <param name="arguments">R1 to R5.</param>
    /// <param name="before">The packet that must have released a shared region first.</param>
    private void Enter(Invocation call, ReadOnlySpan<ulong> arguments, PacketTag? before)
    {
        FunctionPlan plan = call.Plan;
        Activation entry = Activate(plan.Entry, call);
        foreach ((int register, int place) in plan.Parameters)
            _deliveries.Add((entry, place, arguments[register - 1]));
        ulong shared = before is null ? 0 : _graph.Regions.SharedMask;
        foreach (int region in BlockOrder.Bits(plan.EntryRegions))
        {
            (int written, int touched) = plan.EntryPlaces(region);
            if ((shared >> region & 1) != 0 && !before!.HasReleased(region))
            {
                before.Wait(region, entry, written);
                before.Wait(region, entry, touched);
                continue;
            }
            _deliveries.Add((entry, written, 0));
            _deliveries.Add((entry, touched, 0));
        }
        FireReady(entry);
    }

    private Activation Activate(BlockPlan plan, Invocation owner)
    {
        Activation activation = plan.Free.Count > 0 ? plan.Free.Pop() : new Activation(plan);
        activation.Start(owner);
        owner.Outstanding += plan.OrderedActors;
        _activations++;
        Counts.Activations++;
        return activation;
    }

    private void FireReady(Activation activation)
    {
        foreach (int actor in activation.Plan.Ready)
            Fire(activation, actor);
    }

    /// <summary>One cycle: the tokens that are due arrive, and whoever has them all fires.</summary>
    private void Step()
    {
        List<(Activation Activation, int Actor)> due = _calendar[_now % _calendar.Length];
        if (_options.Disorder is not null)
            Shuffle(due);
        for (int i = 0; i < due.Count; i++)
        {
            (Activation activation, int actor) = due[i];
            _pending--;
            if (IsDropped(activation))
                continue;
            Complete(activation, actor);
            Drain();
        }
        due.Clear();
        Counts.Cycle(_firedNow, _tokens);
        _firedNow = 0;
        _now++;
    }

    // Firings of one cycle may come in any order: tests make sure that none is relied on.
    private void Shuffle(List<(Activation Activation, int Actor)> due)
    {
        for (int i = due.Count - 1; i > 0; i--)
        {
            int other = (int)(Next() % (uint)(i + 1));
            (due[i], due[other]) = (due[other], due[i]);
        }
    }

    private uint Next()
    {
        _random = _random * 6364136223846793005 + 1442695040888963407; // Knuth's MMIX constants
        return (uint)(_random >> 33);
    }

    private void Drain()
    {
        // Takers fire in the order in which tokens arrive; firing only adds events and deliveries.
        for (int i = 0; i < _deliveries.Count; i++)
        {
            (Activation activation, int place, ulong value) = _deliveries[i];
            if (activation.IsSink)
            {
                activation.Owner.Packet.Release(place, _deliveries);
                continue;
            }
            if (IsDropped(activation))
                continue;
            activation.Values[place] = value;
            activation.IsPresent[place] = true;
            int[] takers = activation.Plan.Takers[place];
            _tokens += takers.Length;
            foreach (int actor in takers)
            {
                if (--activation.Missing[actor] == 0)
                    Fire(activation, actor);
            }
            if (activation.IsSentOn(place))
                activation.SendOn(place, _deliveries);
            if (--activation.Remaining == 0)
                Retire(activation);
        }
        _deliveries.Clear();
    }

    private void Retire(Activation activation)
    {
        _activations--;
        activation.Plan.Free.Push(activation);
        if (_held.TryDequeue(out var held) && !IsDropped(held.From))
            Release(held.From, held.Exit);
    }

    private void Schedule(Activation activation, int actor, int latency)
    {
        _calendar[(_now + latency) % _calendar.Length].Add((activation, actor));
        _pending++;
    }
}
