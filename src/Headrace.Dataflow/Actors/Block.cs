namespace Headrace.Dataflow;

/// <summary>Actors that all fire once control has come to them: the graph's clusters.</summary>
public sealed class Block
{
    /// <summary>Instructions of straight code that become one block at most, and actors of blocks that are joined: what passes do inside a block may take the square of its length.</summary>
    internal const int MaxLength = 2048;

    // A branch has two exits; nothing has more.
    private const int MaxExits = 2;

    private readonly List<Edge> _predecessors = [];
    private readonly int[] _ways = new int[MaxExits];

    internal Block(GraphFunction function, int id, int slot) => (Function, Id, Slot) = (function, id, slot);

    /// <summary>The function it belongs to.</summary>
    public GraphFunction Function { get; }

    /// <summary>Number of the block in its function.</summary>
    public int Id { get; }

    /// <summary>First instruction.</summary>
    public int Slot { get; }

    /// <summary>The actors: merges first, the terminator last. Ordered actors stand in the order of the program; any order that keeps links forward is right for the others.</summary>
    public IReadOnlyList<Actor> Actors => List;

    /// <summary>Where control comes from; inputs of merges are in this order.</summary>
    public IReadOnlyList<Edge> Predecessors => _predecessors;

    /// <summary>Where control goes, by exit of the terminator.</summary>
    public IReadOnlyList<Block> Successors => Exits;

    /// <summary>The last actor.</summary>
    public Actor Terminator => List[^1];

    /// <summary>Position in <see cref="GraphFunction.Blocks"/>.</summary>
    public int Index { get; internal set; }

    /// <summary>How many loops it lies in.</summary>
    public int LoopDepth { get; internal set; }

    /// <summary>True when an edge comes back from inside: the block is the head of a cyclic region.</summary>
    public bool IsLoopHead
    {
        get
        {
            foreach (Edge edge in _predecessors)
            {
                if (edge.From.Index >= Index)
                    return true;
            }
            return false;
        }
    }

    internal List<Actor> List { get; } = [];

    internal List<Block> Exits { get; } = [];

    internal IEnumerable<Actor> Merges => List.TakeWhile(actor => actor.Kind == ActorKind.Merge);

    internal int MergeCount
    {
        get
        {
            int count = 0;
            while (count < List.Count && List[count].Kind == ActorKind.Merge)
                count++;
            return count;
        }
    }

    /// <summary>How many literals stand at the head; only the entry has any.</summary>
    internal int LiteralCount
    {
        get
        {
            int low = 0;
            for (int high = List.Count; low < high;)
            {
                int middle = (low + high) / 2;
                if (List[middle].IsLiteral)
                    low = middle + 1;
                else
                    high = middle;
            }
            return low;
        }
    }

    internal List<Edge> PredecessorList => _predecessors;

    /// <summary>Position of a way into this block; -1 for none.</summary>
    /// <remarks>Thousands of ways may lead to where a switch ends: each remembers where it was found last.</remarks>
    internal int PredecessorIndex(Block from, int exit)
    {
        var edge = new Edge(from, exit);
        int known = from._ways[exit];
        if (known < _predecessors.Count && _predecessors[known] == edge)
            return known;
        int index = _predecessors.IndexOf(edge);
        if (index >= 0)
            from._ways[exit] = index;
        return index;
    }

    internal void Append(Actor actor) => Insert(List.Count, actor);

    internal void Insert(int position, Actor actor)
    {
        List.Insert(position, actor);
        actor.Block = this;
    }

    /// <summary>Puts an actor before the terminator.</summary>
    internal void InsertLast(Actor actor) => Insert(List.Count - 1, actor);

    internal void InsertBefore(Actor place, Actor actor) => Insert(List.IndexOf(place), actor);

    /// <summary>Takes an actor out; nobody may use it any more.</summary>
    internal void Remove(Actor actor)
    {
        if (List[^1] == actor)
            List.RemoveAt(List.Count - 1);
        else
            List.Remove(actor);
        actor.ClearInputs();
        actor.Block = null;
    }

    /// <summary>Adds an exit to a block; its merges' inputs are the caller's work.</summary>
    internal void Connect(Block to)
    {
        _ways[Exits.Count] = to._predecessors.Count;
        to._predecessors.Add(new Edge(this, Exits.Count));
        Exits.Add(to);
    }

    /// <summary>Forgets a way into this block, and the inputs of merges that belong to it.</summary>
    internal void RemovePredecessor(int index)
    {
        foreach (Actor merge in Merges)
            merge.RemoveInput(index);
        _predecessors.RemoveAt(index);
    }

    /// <summary>Removes an exit; those after it move up.</summary>
    internal void RemoveExit(int exit)
    {
        Exits[exit].RemovePredecessor(Exits[exit].PredecessorIndex(this, exit));
        for (int i = exit + 1; i < Exits.Count; i++)
            Exits[i]._predecessors[Exits[i].PredecessorIndex(this, i)] = new Edge(this, i - 1);
        Exits.RemoveAt(exit);
    }

    /// <summary>Lets an exit lead elsewhere; the target's merges get no inputs from this.</summary>
    internal void Redirect(int exit, Block to)
    {
        Exits[exit].RemovePredecessor(Exits[exit].PredecessorIndex(this, exit));
        Exits[exit] = to;
        to._predecessors.Add(new Edge(this, exit));
    }

    /// <inheritdoc/>
    public override string ToString() => $"block {Id}";
}
