namespace Headrace.Dataflow;

internal sealed partial class TokenMachine
{
    /// <summary>Fires an actor: its work is done now, its token comes when its time has passed.</summary>
    private void Fire(Activation activation, int index)
    {
        ActorPlan plan = activation.Plan.Actors[index];
        int place = activation.Plan.FirstActor + index;
        _tokens -= activation.Plan.Needs[index];
        if (plan.Actor is not { } actor)
        {
            _deliveries.Add((activation, place, 0));
            return;
        }
        plan.Firings++;
        Counts.Firings++;
        _firedNow++;
        try
        {
            if (actor.Kind == ActorKind.Call)
            {
                Call(activation, index, actor);
                return;
            }
            activation.Values[place] = actor.IsPure ? Compute(activation, plan, actor) : Act(activation, plan, actor);
        }
        catch (Exception failure) when (_inFlight > 1)
        {
            Fail(activation.Owner.Packet, failure);
            return;
        }
        int latency = plan.Latency;
        if (_options.Disorder is not null)
            latency = 1 + (int)(Next() % Latency.Max);
        Schedule(activation, index, latency);
    }

    private static ulong Get(Activation activation, Operand operand) => operand.Place switch
    {
        Operand.Number => operand.Value,
        Operand.Frame => Frame(activation.Owner.FrameTop, (int)operand.Value),
        _ => activation.Values[operand.Place],
    };

    private static ulong Compute(Activation activation, ActorPlan plan, Actor actor)
    {
        Operand[] operands = plan.Operands;
        return Evaluation.Compute(actor, Get(activation, operands[0]),
            operands.Length > 1 ? Get(activation, operands[1]) : 0, operands.Length > 2 ? Get(activation, operands[2]) : 0);
    }

    private ulong Act(Activation activation, ActorPlan plan, Actor actor)
    {
        Operand[] operands = plan.Operands;
        Invocation owner = activation.Owner;
        var site = new Site(owner.Packet.Number, actor.Slot, owner.Depth + actor.Frame);
        ulong a = operands.Length > 0 ? Get(activation, operands[0]) : 0;
        ulong b = operands.Length > 1 ? Get(activation, operands[1]) : 0;
        switch (actor.Kind)
        {
            case ActorKind.Load:
                ulong loaded = _world.Load(site, a + (ulong)actor.Immediate, actor.Size);
                return actor.Signed ? Evaluation.Extend(loaded, actor.Size, signed: true) : loaded;
            case ActorKind.Store:
                _world.Store(site, a + (ulong)actor.Immediate, actor.Size, b);
                return 0;
            case ActorKind.CopyBytes:
                Copy(site, a + (ulong)actor.Immediate, b + (ulong)actor.Immediate2, actor.Length);
                return 0;
            case ActorKind.ClearBytes:
                Clear(site, a + (ulong)actor.Immediate, actor.Length);
                return 0;
            case ActorKind.Atomic:
                return _world.Atomic(site, actor.AtomicOp, a + (ulong)actor.Immediate, actor.Size, b, operands.Length > 2 ? Get(activation, operands[2]) : 0);
            case ActorKind.PacketLoad:
                return _world.LoadPacket(site, (int)actor.Immediate + (int)a, actor.Size);
            case ActorKind.Helper:
                Span<ulong> arguments = stackalloc ulong[5];
                arguments.Clear();
                for (int i = 0; i < operands.Length; i++)
                    arguments[i] = Get(activation, operands[i]);
                return _world.Helper(site, actor.Helper, arguments);
            case ActorKind.LoopBudget:
                if (owner.LoopRounds >= MaxLoopRounds)
                    return 1;
                owner.LoopRounds++;
                return 0;
            case ActorKind.TailCall:
                // Nothing comes after a tail call that happens: the result is the function's.
                if (!_world.TailCall(site, b, Get(activation, operands[2]), out ulong result))
                    return 0;
                owner.Result = result;
                return 1;
            default:
                return a;
        }
    }

    // BPF_MAX_LOOPS, include/linux/bpf.h
    private const uint MaxLoopRounds = 8 * 1024 * 1024;

    private void Copy(in Site site, ulong to, ulong from, int length)
    {
        // All is read before anything is written, as the loads and stores it stands for did in their order.
        Span<ulong> words = stackalloc ulong[(length + 7) / 8];
        for (int at = 0, word = 0; at < length; word++)
        {
            int size = Piece(length - at);
            words[word] = _world.Load(site, from + (ulong)at, size);
            at += size;
        }
        for (int at = 0, word = 0; at < length; word++)
        {
            int size = Piece(length - at);
            _world.Store(site, to + (ulong)at, size, words[word]);
            at += size;
        }
    }

    private void Clear(in Site site, ulong address, int length)
    {
        for (int at = 0; at < length;)
        {
            int size = Piece(length - at);
            _world.Store(site, address + (ulong)at, size, 0);
            at += size;
        }
    }

    private static int Piece(int left) => left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;

    private void Call(Activation activation, int index, Actor actor)
    {
        Invocation owner = activation.Owner;
        int depth = owner.Depth + actor.Frame + 1;
        var site = new Site(owner.Packet.Number, actor.Slot, depth);
        _world.EnterCall(site, (int)actor.Immediate);
        var call = new Invocation
        {
            Plan = PlanOf((int)actor.Immediate),
            Packet = owner.Packet,
            Depth = depth,
            FrameTop = Frame(owner.FrameTop, actor.Frame + 1),
            Caller = activation,
            CallerActor = index,
        };
        Span<ulong> arguments = stackalloc ulong[5];
        Operand[] operands = activation.Plan.Actors[index].Operands;
        for (int i = 0; i < operands.Length; i++)
            arguments[i] = Get(activation, operands[i]);
        Enter(call, arguments, null);
    }

    /// <summary>An actor's time has passed: its token moves, control goes on.</summary>
    private void Complete(Activation activation, int index)
    {
        Actor actor = activation.Plan.Actors[index].Actor!;
        Invocation owner = activation.Owner;
        int place = activation.Plan.FirstActor + index;
        ulong value = activation.Values[place];
        switch (actor.Kind)
        {
            case ActorKind.Goto or ActorKind.Branch:
            case ActorKind.TailCall when value == 0:
                Leave(activation, actor.Kind == ActorKind.Branch && value == 0 ? 1 : 0);
                return;
            case ActorKind.TailCall:
                owner.HasReturned = true;
                break;
            case ActorKind.Return:
                owner.Result = value;
                owner.HasReturned = true;
                break;
        }
        _deliveries.Add((activation, place, value));
        if (actor.IsOrdered)
            owner.Outstanding--;
        if (owner.HasReturned && owner.Outstanding == 0)
            Finish(owner);
    }

    private void Leave(Activation activation, int exit)
    {
        if (_activations >= MaxActivations)
            _held.Enqueue((activation, exit));
        else
            Release(activation, exit);
    }

    private void Release(Activation activation, int exit)
    {
        Follow(activation, exit);
        // Only now may the activation be used for something else.
        _deliveries.Add((activation, activation.Plan.Terminator, 0));
    }

    /// <summary>Activates the block that an exit leads to and steers tokens there.</summary>
    private void Follow(Activation from, int exit)
    {
        ExitPlan way = from.Plan.Exits[exit];
        Invocation owner = from.Owner;
        if (way.IsBackward && !Spend(from, way.Target))
            return;
        Activation to = Activate(way.Target, owner);
        foreach ((int source, int target) in way.Transfers)
        {
            if (from.IsPresent[source])
                _deliveries.Add((to, target, from.Values[source]));
            else
                from.Forward(source, to, target);
        }
        foreach ((Operand operand, int target) in way.Constants)
            _deliveries.Add((to, target, Get(from, operand)));
        if (owner.Caller is null)
        {
            foreach ((int region, int source) in way.Releases)
            {
                if (from.IsPresent[source])
                    owner.Packet.Release(region, _deliveries);
                else
                    from.Forward(source, owner.Packet.Sink ??= Activation.SinkOf(owner), region);
            }
        }
        FireReady(to);
    }

    // As in other engines: a jump backward costs the instructions it goes back over.
    private bool Spend(Activation from, BlockPlan target)
    {
        Invocation owner = from.Owner;
        int slot = from.Plan.Block.Terminator.Slot;
        try
        {
            _world.Spend(new Site(owner.Packet.Number, slot, owner.Depth), Math.Max(1, slot + 1 - target.Block.Slot));
            return true;
        }
        catch (Exception failure) when (_inFlight > 1)
        {
            Fail(owner.Packet, failure);
            return false;
        }
    }

    private void Finish(Invocation call)
    {
        call.HasReturned = false;
        if (call.Caller is { } caller)
        {
            int place = caller.Plan.FirstActor + call.CallerActor;
            _deliveries.Add((caller, place, call.Result));
            Invocation owner = caller.Owner;
            owner.Outstanding--;
            if (owner.HasReturned && owner.Outstanding == 0)
                Finish(owner);
            return;
        }
        PacketTag packet = call.Packet;
        packet.IsDone = true;
        _inFlight--;
        Counts.Done(_now - packet.Start);
        foreach (int region in BlockOrder.Bits(_graph.Regions.SharedMask))
        {
            // One that was faster than the packet before it passes that one's token on when it comes.
            if (packet.Before is { } before && !before.HasReleased(region))
                before.Wait(region, packet.Sink ??= Activation.SinkOf(call), region);
            else
                packet.Release(region, _deliveries);
        }
        if (!_isNested)
            _world.End(packet.Number, call.Result);
    }
}
