using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>Where the tokens of a function are kept while one method does all of it: on the evaluation stack, or in a local.</summary>
/// <remarks>
/// What is taken once, in its own block, is computed where it is taken: it becomes part of its user's expression. Loads go along only where nothing
/// on the way writes what they read. Everything else has a local of 32 bits where the upper half is proved zero or nobody looks at it.
/// </remarks>
internal sealed class Placement
{
    // Larger expressions gain nothing and cost the runtime's compiler recursion.
    private const int LargestTree = 48;

    private readonly Dictionary<Actor, int> _locals = [];
    private readonly Dictionary<Actor, int> _roots = [];
    private readonly Dictionary<Actor, int> _sizes = [];
    private readonly bool _loadsMove;

    /// <summary>Places the tokens of a function.</summary>
    public Placement(GraphFunction function)
    {
        Function = function;
        // Where a load may fault, what happened before it shows.
        _loadsMove = function.Graph.IsVerified;
        foreach (Block block in function.Blocks)
            Place(block);
    }

    /// <summary>The function.</summary>
    public GraphFunction Function { get; }

    /// <summary>Tokens with a local of their own, by number.</summary>
    public List<Actor> Locals { get; } = [];

    /// <summary>The number of an actor's local; -1 for an actor whose token is made where it is taken.</summary>
    public int LocalOf(Actor actor) => _locals.TryGetValue(actor, out int local) ? local : -1;

    /// <summary>True for an actor that is computed as part of the expression of the one that takes its token.</summary>
    public bool IsInTree(Actor actor) => _roots.ContainsKey(actor);

    /// <summary>True when 32 bits hold all of a token that matters.</summary>
    public static bool IsNarrow(Actor actor) =>
        (actor.Facts.Pointer.Kind == PointerKind.None && actor.Facts.Max <= uint.MaxValue) || actor.LiveBits <= uint.MaxValue;

    private void Place(Block block)
    {
        IReadOnlyList<Actor> actors = block.Actors;
        var positions = new Dictionary<Actor, int>(actors.Count);
        for (int i = 0; i < actors.Count; i++)
            positions.Add(actors[i], i);
        for (int i = actors.Count - 1; i >= 0; i--)
        {
            Actor actor = actors[i];
            if (!actor.HasResult || actor.IsLiteral || actor.Kind == ActorKind.Parameter || actor.Users.Count == 0)
                continue;
            if (RootOf(actor, i, positions) is { } root)
            {
                _roots.Add(actor, root);
                continue;
            }
            _locals.Add(actor, Locals.Count);
            Locals.Add(actor);
        }
        foreach (Actor actor in actors)
        {
            if (actor.Kind != ActorKind.Merge)
                LimitSize(actor);
        }
    }

    // Inputs stand before their users: what has grown too large keeps its parts in locals.
    private void LimitSize(Actor actor)
    {
        int size = 1;
        foreach (Actor input in actor.Inputs)
        {
            if (!_roots.ContainsKey(input))
                continue;
            int part = _sizes[input];
            if (size + part > LargestTree && input.Kind != ActorKind.Compare)
            {
                _roots.Remove(input);
                _locals.Add(input, Locals.Count);
                Locals.Add(input);
                continue;
            }
            size += part;
        }
        _sizes[actor] = size;
    }

    /// <summary>Position in its block of the actor in whose expression an actor is computed, one past the last for a way out; null for none.</summary>
    private int? RootOf(Actor actor, int position, Dictionary<Actor, int> positions)
    {
        if (actor.Users.Count != 1 || !MayMove(actor))
            return null;
        Actor user = actor.Users[0];
        Block block = actor.Block!;
        int root;
        // What is written with its operands more than once takes them from locals.
        if (user.Kind is ActorKind.Divide or ActorKind.DivideSigned or ActorKind.Remainder or ActorKind.RemainderSigned or ActorKind.Atomic)
            return null;
        if (user.Kind == ActorKind.Merge)
        {
            int way = Way(user, actor);
            // A merge that nobody looks at is not set: what would go along with it, a load that may fault, is done here.
            if (user.Block!.Predecessors[way].From != block || user.Users.Count == 0)
                return null;
            root = block.Actors.Count;
        }
        else if (!positions.TryGetValue(user, out int place) || place <= position)
        {
            return null;
        }
        else
        {
            root = _roots.TryGetValue(user, out int outer) ? outer : place;
        }
        if (actor.Kind != ActorKind.Load)
            return KeepsMoreWaiting(actor, position, root, positions) ? null : root;
        // What is taken on one way out alone is not done on the others: a load that may fault has to be.
        bool mayBeLeftOut = root == block.Actors.Count && block.Successors.Count > 1;
        return IsFree(actor, position, root) && (_loadsMove || !mayBeLeftOut) ? root : null;
    }

    /// <summary>True when two tokens would have to wait, past stores, for an actor that could be done with them now: one waits then.</summary>
    private bool KeepsMoreWaiting(Actor actor, int position, int root, Dictionary<Actor, int> positions)
    {
        if (actor.Inputs.Count < 2 || actor.Kind == ActorKind.Compare)
            return false;
        int waiting = 0;
        foreach (Actor input in actor.Inputs)
        {
            if (positions.TryGetValue(input, out int place) && Waits(input, place))
                waiting++;
        }
        return waiting > 1 && Enumerable.Range(position, root - position).Any(i => actor.Block!.Actors[i].Effects.Writes != 0);

        // What has no other user goes along, but for a load that cannot; what is needed later still waits anyway.
        bool Waits(Actor input, int place) => input.Users.Count == 1 ? input.Kind == ActorKind.Load && !IsFree(input, place, root)
            : !input.IsLiteral && input.Users.All(user => user == actor || (positions.TryGetValue(user, out int use) && use < root));
    }

    private static int Way(Actor merge, Actor input)
    {
        int way = 0;
        while (merge.Inputs[way] != input)
            way++;
        return way;
    }

    // Those that are written with branches of their own stand alone: an expression around them would have to be spilled.
    private static bool MayMove(Actor actor) => actor.Kind is ActorKind.Load
        || (actor.IsPure && actor.Kind is not (ActorKind.Merge or ActorKind.Select)
            && !(actor.Kind is ActorKind.Divide or ActorKind.DivideSigned or ActorKind.Remainder or ActorKind.RemainderSigned));

    private bool IsFree(Actor load, int from, int to)
    {
        IReadOnlyList<Actor> actors = load.Block!.Actors;
        for (int i = from + 1; i < to; i++)
        {
            Actor between = actors[i];
            if (_loadsMove ? between.Effects.Conflicts(load.Effects) : between.IsOrdered)
                return false;
        }
        return true;
    }
}
