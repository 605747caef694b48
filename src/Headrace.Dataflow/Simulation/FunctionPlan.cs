namespace Headrace.Dataflow;

/// <summary>A function laid out for running.</summary>
internal sealed class FunctionPlan
{
    private readonly GraphFunction _function;
    private readonly TokenWorld _world;
    private readonly Dictionary<Block, BlockPlan> _plans = [];
    private readonly Dictionary<Block, Dictionary<Actor, int>> _places = [];
    private readonly Dictionary<Block, int[]> _writtenPlaces = [];
    private readonly Dictionary<Block, int[]> _touchedPlaces = [];
    private readonly Dictionary<(Block, int), int> _joins = [];
    private readonly ulong[] _liveRegions;
    private readonly HashSet<Actor>[] _liveValues;
    private readonly BlockOrder[] _orders;
    private int _actors;

    /// <summary>Lays a function out.</summary>
    /// <param name="function">The function.</param>
    /// <param name="world">For the values of literals.</param>
    public FunctionPlan(GraphFunction function, TokenWorld world)
    {
        _function = function;
        _world = world;
        Written = GraphLinks.Written(function);
        _orders = [.. function.List.Select(block => new BlockOrder(block, Written))];
        _liveRegions = LiveRegions();
        _liveValues = LiveValues();
        foreach (Block block in function.List)
            LayOutPlaces(block);
        foreach (Block block in function.List)
            LayOutActors(block);
        foreach (Block block in function.List)
            LayOutExits(block);
    }

    /// <summary>The function.</summary>
    public GraphFunction Function => _function;

    /// <summary>Regions it writes: the only ones that need order.</summary>
    public ulong Written { get; }

    /// <summary>The entry block.</summary>
    public BlockPlan Entry => _plans[_function.Entry];

    /// <summary>Every block.</summary>
    public IEnumerable<BlockPlan> Blocks => _function.List.Select(block => _plans[block]);

    /// <summary>Regions that are ordered from the entry on.</summary>
    public ulong EntryRegions => _liveRegions[0];

    /// <summary>Places of a region's two tokens in the entry block: all writes done, all accesses done.</summary>
    public (int Written, int Touched) EntryPlaces(int region) => (_writtenPlaces[_function.Entry][region], _touchedPlaces[_function.Entry][region]);

    /// <summary>Place of a parameter's token in the entry block, by register.</summary>
    public IEnumerable<(int Register, int Place)> Parameters => _function.Entry.List
        .Where(actor => actor.Kind == ActorKind.Parameter)
        .Select(actor => ((int)actor.Immediate, _places[_function.Entry][actor]));

    private ulong[] LiveRegions()
    {
        var live = new ulong[_function.List.Count];
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = live.Length - 1; i >= 0; i--)
            {
                ulong now = _orders[i].Touched;
                foreach (Block next in _function.List[i].Exits)
                    now |= live[next.Index];
                changed |= now != live[i];
                live[i] = now;
            }
        }
        return live;
    }

    private HashSet<Actor>[] LiveValues()
    {
        var live = new HashSet<Actor>[_function.List.Count];
        for (int i = 0; i < live.Length; i++)
        {
            live[i] = [];
            foreach (Actor actor in _function.List[i].List)
            {
                if (actor.Kind != ActorKind.Merge)
                    live[i].UnionWith(actor.Inputs.Where(input => !input.IsLiteral && input.Block != _function.List[i]));
            }
        }
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = live.Length - 1; i >= 0; i--)
            {
                Block block = _function.List[i];
                int before = live[i].Count;
                foreach (Block next in block.Exits)
                    live[i].UnionWith(live[next.Index].Where(value => value.Block != block));
                for (int exit = 0; exit < block.Exits.Count; exit++)
                    live[i].UnionWith(MergeInputs(block, exit).Select(pair => pair.Input).Where(input => !input.IsLiteral && input.Block != block));
                changed |= live[i].Count != before;
            }
        }
        return live;
    }

    private static IEnumerable<(Actor Merge, Actor Input)> MergeInputs(Block block, int exit)
    {
        Block next = block.Exits[exit];
        int index = next.PredecessorIndex(block, exit);
        return next.Merges.Select(merge => (merge, merge.Inputs[index]));
    }

    private void LayOutPlaces(Block block)
    {
        var places = new Dictionary<Actor, int>();
        foreach (Actor value in _liveValues[block.Index].OrderBy(actor => actor.Id))
            places.Add(value, places.Count);
        int next = places.Count;
        int[] written = new int[64], touched = new int[64];
        foreach (int region in BlockOrder.Bits(_liveRegions[block.Index]))
            (written[region], touched[region]) = (next++, next++);
        var plan = new BlockPlan { Block = block, FirstActor = next };
        foreach (Actor actor in block.List)
        {
            if (!actor.IsLiteral)
                places.Add(actor, next++);
        }
        plan.Places = next;
        _plans.Add(block, plan);
        _places.Add(block, places);
        _writtenPlaces.Add(block, written);
        _touchedPlaces.Add(block, touched);
    }

    private void LayOutActors(Block block)
    {
        BlockPlan plan = _plans[block];
        Dictionary<Actor, int> places = _places[block];
        BlockOrder order = _orders[block.Index];
        var actors = new List<ActorPlan>();
        var sources = new List<int[]>();
        Dictionary<Actor, OrderNeeds> needs = order.Needs.ToDictionary(need => need.Actor);
        foreach (Actor actor in block.List)
        {
            if (actor.IsLiteral)
                continue;
            // Tokens of merges and parameters come with control.
            bool arrives = actor.Kind is ActorKind.Merge or ActorKind.Parameter;
            Operand[] operands = arrives ? [] : [.. actor.Inputs.Select(input => OperandOf(input, places))];
            List<int> from = [.. operands.Where(operand => operand.Place >= 0).Select(operand => operand.Place)];
            if (needs.TryGetValue(actor, out OrderNeeds? need))
            {
                from.AddRange(need.Before.Keys.Select(before => places[before]));
                from.AddRange(BlockOrder.Bits(need.HeadWritten).Select(region => _writtenPlaces[block][region]));
                from.AddRange(BlockOrder.Bits(need.HeadTouched).Select(region => _touchedPlaces[block][region]));
            }
            actors.Add(new ActorPlan(actor, operands, Math.Max(1, Latency.Of(actor)), _actors++));
            sources.Add(arrives ? [-1] : [.. from]);
        }
        plan.Terminator = plan.FirstActor + actors.Count - 1;
        plan.OrderedActors = actors.Count(actor => actor.Actor!.IsOrdered);
        AddJoins(block, actors, sources);
        plan.Actors = [.. actors];
        plan.Places = plan.FirstActor + actors.Count;
        plan.Needs = [.. sources.Select(source => source.Length)];
        plan.Ready = [.. Enumerable.Range(0, actors.Count).Where(i => sources[i].Length == 0)];
        var takers = Enumerable.Range(0, plan.Places).Select(_ => new List<int>()).ToArray();
        for (int i = 0; i < sources.Count; i++)
        {
            foreach (int place in sources[i])
            {
                if (place >= 0)
                    takers[place].Add(i);
            }
        }
        plan.Takers = [.. takers.Select(list => list.ToArray())];
    }

    // A region's second token at the block's end waits for all its readers: a join, where there is more than one token to wait for.
    private void AddJoins(Block block, List<ActorPlan> actors, List<int[]> sources)
    {
        BlockOrder order = _orders[block.Index];
        ulong later = 0;
        foreach (Block next in block.Exits)
            later |= _liveRegions[next.Index];
        foreach (int region in BlockOrder.Bits(order.Touched & (later | _function.Graph.Regions.SharedMask)))
        {
            var from = order.Readers(region).Select(reader => _places[block][reader]).ToList();
            if (from.Count == 0)
                continue;
            from.Add(order.Writer(region) is { } writer ? _places[block][writer] : _touchedPlaces[block][region]);
            _joins[(block, region)] = _plans[block].FirstActor + actors.Count;
            actors.Add(new ActorPlan(null, [], 0, -1));
            sources.Add([.. from]);
        }
    }

    private int WrittenAtEnd(Block block, int region) =>
        _orders[block.Index].Writer(region) is { } writer ? _places[block][writer] : _writtenPlaces[block][region];

    private int TouchedAtEnd(Block block, int region) => _joins.TryGetValue((block, region), out int join) ? join
        : _orders[block.Index].Writer(region) is { } writer ? _places[block][writer] : _touchedPlaces[block][region];

    private Operand OperandOf(Actor input, Dictionary<Actor, int> places) => input.Kind switch
    {
        ActorKind.Constant => new Operand(Operand.Number, (ulong)input.Immediate),
        ActorKind.FramePointer => new Operand(Operand.Frame, (ulong)input.Immediate),
        _ when input.IsLiteral => new Operand(Operand.Number, _world.Literal(input)),
        _ => new Operand(places[input]),
    };

    private void LayOutExits(Block block)
    {
        BlockPlan plan = _plans[block];
        plan.Exits = new ExitPlan[block.Exits.Count];
        for (int exit = 0; exit < plan.Exits.Length; exit++)
        {
            Block next = block.Exits[exit];
            var transfers = new List<(int, int)>();
            var constants = new List<(Operand, int)>();
            foreach (Actor value in _liveValues[next.Index])
                transfers.Add((_places[block][value], _places[next][value]));
            foreach ((Actor merge, Actor input) in MergeInputs(block, exit))
            {
                Operand operand = OperandOf(input, _places[block]);
                if (operand.Place >= 0)
                    transfers.Add((operand.Place, _places[next][merge]));
                else
                    constants.Add((operand, _places[next][merge]));
            }
            foreach (int region in BlockOrder.Bits(_liveRegions[next.Index]))
            {
                transfers.Add((WrittenAtEnd(block, region), _writtenPlaces[next][region]));
                transfers.Add((TouchedAtEnd(block, region), _touchedPlaces[next][region]));
            }
            ulong done = _liveRegions[block.Index] & ~_liveRegions[next.Index] & _function.Graph.Regions.SharedMask;
            plan.Exits[exit] = new ExitPlan(_plans[next], [.. transfers], [.. constants],
                [.. BlockOrder.Bits(done).Select(region => (region, TouchedAtEnd(block, region)))], next.Index <= block.Index);
        }
    }
}
