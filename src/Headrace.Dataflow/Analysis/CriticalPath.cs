namespace Headrace.Dataflow;

/// <summary>The longest way through a function, each loop gone through once: what bounds its time however many actors fire at once.</summary>
public sealed class CriticalPath
{
    private readonly Dictionary<Actor, long> _ends = [];
    private readonly Dictionary<Actor, Actor?> _causes = [];
    private readonly HashSet<Actor> _actors = [];

    /// <summary>Finds it.</summary>
    public CriticalPath(GraphFunction function)
    {
        ulong written = GraphLinks.Written(function);
        Actor? last = null;
        foreach (Block block in function.Blocks)
        {
            (long start, Actor? activator) = Activation(block);
            var needs = new BlockOrder(block, written).Needs.ToDictionary(need => need.Actor);
            foreach (Actor actor in block.Actors)
            {
                if (actor.IsLiteral)
                    continue;
                (long time, Actor? cause) = (start, activator);
                IEnumerable<Actor> before = actor.Kind == ActorKind.Merge ? ForwardInputs(actor) : actor.Inputs;
                if (needs.TryGetValue(actor, out OrderNeeds? need))
                    before = before.Concat(need.Before.Keys);
                foreach (Actor input in before)
                {
                    if (_ends.TryGetValue(input, out long end) && end > time)
                        (time, cause) = (end, input);
                }
                _ends[actor] = time + Latency.Of(actor);
                _causes[actor] = cause;
                if (last is null || _ends[actor] > _ends[last])
                    last = actor;
            }
        }
        for (Actor? actor = last; actor is not null; actor = _causes[actor])
            _actors.Add(actor);
        Cycles = last is null ? 0 : _ends[last];
    }

    /// <summary>Its length in cycles (see <see cref="Latency"/>).</summary>
    public long Cycles { get; }

    /// <summary>The actors on it.</summary>
    public IReadOnlySet<Actor> Actors => _actors;

    /// <summary>True when a link is part of it.</summary>
    public bool Contains(Actor from, Actor to) => _actors.Contains(to) && _causes[to] == from;

    private (long Time, Actor? Activator) Activation(Block block)
    {
        (long Time, Actor? Activator) latest = (0, null);
        foreach (Edge edge in block.Predecessors)
        {
            if (edge.From.Index < block.Index && _ends[edge.From.Terminator] > latest.Time)
                latest = (_ends[edge.From.Terminator], edge.From.Terminator);
        }
        return latest;
    }

    private static IEnumerable<Actor> ForwardInputs(Actor merge)
    {
        for (int i = 0; i < merge.Inputs.Count; i++)
        {
            if (merge.Block!.Predecessors[i].From.Index < merge.Block.Index)
                yield return merge.Inputs[i];
        }
    }
}
