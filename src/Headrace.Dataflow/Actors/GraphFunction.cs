namespace Headrace.Dataflow;

/// <summary>A function of the program as blocks of actors.</summary>
public sealed class GraphFunction
{
    private readonly Dictionary<(ActorKind, long, int), Actor> _literals = [];
    private int _nextBlock;

    internal GraphFunction(Graph graph, string name, int start) => (Graph, Name, Start) = (graph, name, start);

    /// <summary>The graph it belongs to.</summary>
    public Graph Graph { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Slot of its first instruction.</summary>
    public int Start { get; }

    /// <summary>The blocks in reverse post-order: the entry first, and what comes before comes earlier, but for loops.</summary>
    public IReadOnlyList<Block> Blocks => List;

    /// <summary>The first block.</summary>
    public Block Entry => List[0];

    /// <summary>Stack frames it uses, those of inlined functions included.</summary>
    public int Frames { get; internal set; } = 1;

    /// <summary>Every actor, block by block.</summary>
    public IEnumerable<Actor> Actors => List.SelectMany(block => block.Actors);

    internal List<Block> List { get; } = [];

    /// <summary>The literal with a value; one of each stands among the others at the head of the entry block.</summary>
    internal Actor Literal(ActorKind kind, long immediate, int map = -1)
    {
        if (_literals.TryGetValue((kind, immediate, map), out Actor? known) && known.Block == Entry)
            return known;
        Actor literal = Graph.NewActor(kind, Start);
        (literal.Immediate, literal.Map) = (immediate, map);
        // Behind the other literals: there may be many more of them than of other actors in a block.
        Entry.Insert(Entry.LiteralCount, literal);
        return _literals[(kind, immediate, map)] = literal;
    }

    internal Actor Constant(ulong value) => Literal(ActorKind.Constant, (long)value);

    internal Block NewBlock(int slot)
    {
        var block = new Block(this, _nextBlock++, slot) { Index = List.Count };
        List.Add(block);
        return block;
    }

    /// <summary>Drops blocks that control does not reach and puts the others in order.</summary>
    internal void Arrange()
    {
        foreach (Block block in List)
            block.Index = -1;
        List<Block> order = ReversePostOrder();
        for (int i = 0; i < order.Count; i++)
            order[i].Index = i;
        foreach (Block block in order)
        {
            for (int i = block.PredecessorList.Count - 1; i >= 0; i--)
            {
                if (block.PredecessorList[i].From.Index < 0)
                    block.RemovePredecessor(i);
            }
        }
        foreach (Block block in List)
        {
            if (block.Index >= 0)
                continue;
            foreach (Actor actor in block.List)
            {
                actor.ClearInputs();
                actor.Block = null;
            }
        }
        List.Clear();
        List.AddRange(order);
    }

    private List<Block> ReversePostOrder()
    {
        var order = new List<Block>(List.Count);
        // Any number tells that a block was seen; its place comes after.
        Entry.Index = 0;
        var open = new Stack<(Block Block, int Exit)>();
        open.Push((Entry, Entry.Exits.Count - 1));
        while (open.Count > 0)
        {
            (Block block, int exit) = open.Pop();
            // Exits are walked from the last, so that the first one's blocks come first in the order.
            if (exit < 0)
            {
                order.Add(block);
                continue;
            }
            open.Push((block, exit - 1));
            Block next = block.Exits[exit];
            if (next.Index >= 0)
                continue;
            next.Index = 0;
            open.Push((next, next.Exits.Count - 1));
        }
        order.Reverse();
        return order;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
