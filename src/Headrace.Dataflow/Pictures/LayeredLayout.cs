namespace Headrace.Dataflow;

/// <summary>Places the blocks of a function in layers by control, and the actors of a block in layers by data.</summary>
/// <remarks>
/// After Sugiyama, Tagawa and Toda (1981): layers by the longest way, order within layers by the mean place of neighbours. Layers of
/// actors hold a limited number, so that blocks stay narrower than a screen.
/// </remarks>
internal sealed class LayeredLayout
{
    private const int MaxPerLayer = 5;
    private const double NodeHeight = 34, CharacterWidth = 6.7, NodePadding = 14;
    private const double SmallCharacterWidth = 4.9;

    // A profile puts the firings before the source line.
    private const int ProfileCharacters = 5;
    private const double ColumnGap = 14, RowGap = 24, BlockPadding = 14, BlockTitle = 20, BlockGapX = 46, BlockGapY = 50;
    private const double LaneMargin = 20, LaneGap = 9;
    // Room for a source line beside the block's name.
    private const double MinBlockWidth = 300;
    private const int Sweeps = 8;

    private readonly Dictionary<Actor, Box> _actors = [];
    private readonly Dictionary<Block, Box> _blocks = [];
    private readonly Dictionary<Block, int> _layers = [];
    private readonly Dictionary<Block, int> _lanes = [];
    private readonly double _right;

    /// <summary>Lays a function out.</summary>
    /// <param name="function">The function.</param>
    /// <param name="top">Where it begins.</param>
    public LayeredLayout(GraphFunction function, double top)
    {
        var insides = function.Blocks.ToDictionary(block => block, LayOutInside);
        List<List<Block>> layers = LayersOf(function);
        Order(layers, block => block.Predecessors.Where(edge => edge.From.Index < block.Index).Select(edge => edge.From),
            block => block.Exits.Where(next => next.Index > block.Index));
        double width = layers.Max(layer => layer.Sum(block => insides[block].Width + BlockGapX) - BlockGapX);
        double y = top;
        for (int i = 0; i < layers.Count; i++)
        {
            List<Block> layer = layers[i];
            double x = (width - (layer.Sum(block => insides[block].Width + BlockGapX) - BlockGapX)) / 2;
            foreach (Block block in layer)
            {
                (Dictionary<Actor, Box> boxes, double blockWidth, double height) = insides[block];
                _blocks[block] = new Box(x, y, blockWidth, height);
                _layers[block] = i;
                foreach ((Actor actor, Box box) in boxes)
                    _actors[actor] = box with { X = box.X + x, Y = box.Y + y };
                x += blockWidth + BlockGapX;
            }
            y += layer.Max(block => insides[block].Height) + BlockGapY;
        }
        _right = width;
        foreach (Block block in function.Blocks)
        {
            if (block.Predecessors.Any(edge => IsLong(edge.From, block)))
                _lanes.Add(block, _lanes.Count);
        }
        Width = width + (_lanes.Count == 0 ? 0 : LaneMargin + _lanes.Count * LaneGap);
        Bottom = y - BlockGapY;
    }

    /// <summary>True for a way that would cross other blocks: it takes a lane beside them.</summary>
    public bool IsLong(Block from, Block to) => _layers[to] > _layers[from] + 1;

    /// <summary>Where the lane to a block runs.</summary>
    public double LaneOf(Block to) => _right + LaneMargin + _lanes[to] * LaneGap;

    /// <summary>Width of all of it.</summary>
    public double Width { get; }

    /// <summary>Where it ends.</summary>
    public double Bottom { get; }

    /// <summary>Where actors are.</summary>
    public IReadOnlyDictionary<Actor, Box> Actors => _actors;

    /// <summary>Where blocks are.</summary>
    public IReadOnlyDictionary<Block, Box> Blocks => _blocks;

    private static List<List<Block>> LayersOf(GraphFunction function)
    {
        var depth = new int[function.Blocks.Count];
        foreach (Block block in function.Blocks)
        {
            foreach (Edge edge in block.Predecessors)
            {
                if (edge.From.Index < block.Index)
                    depth[block.Index] = Math.Max(depth[block.Index], depth[edge.From.Index] + 1);
            }
        }
        return [.. function.Blocks.GroupBy(block => depth[block.Index]).OrderBy(group => group.Key).Select(group => group.ToList())];
    }

    private static (Dictionary<Actor, Box> Boxes, double Width, double Height) LayOutInside(Block block)
    {
        Actor[] actors = [.. block.Actors.Where(actor => !actor.IsLiteral)];
        List<List<Actor>> layers = LayersOf(actors);
        Order(layers, actor => actor.Inputs.Where(input => input.Block == block && !input.IsLiteral), actor => actor.Users.Where(user => user.Block == block));
        double width = Math.Max(MinBlockWidth, layers.Max(WidthOf));
        var boxes = new Dictionary<Actor, Box>();
        double y = BlockTitle + BlockPadding;
        foreach (List<Actor> layer in layers)
        {
            double x = BlockPadding + (width - WidthOf(layer)) / 2;
            foreach (Actor actor in layer)
            {
                boxes[actor] = new Box(x, y, WidthOf(actor), NodeHeight);
                x += WidthOf(actor) + ColumnGap;
            }
            y += NodeHeight + RowGap;
        }
        return (boxes, width + 2 * BlockPadding, y - RowGap + BlockPadding);
    }

    /// <summary>Layers of a block: those with the longest way below them first, as many as fit.</summary>
    private static List<List<Actor>> LayersOf(Actor[] actors)
    {
        var heights = new Dictionary<Actor, int>();
        for (int i = actors.Length - 1; i >= 0; i--)
            heights[actors[i]] = actors[i].Users.Where(heights.ContainsKey).Select(user => heights[user] + 1).DefaultIfEmpty(0).Max();
        var placed = new HashSet<Actor>();
        var open = actors.Where(actor => !actor.IsTerminator).ToList();
        var layers = new List<List<Actor>>();
        while (open.Count > 0)
        {
            List<Actor> layer = [.. open
                .Where(actor => actor.Kind == ActorKind.Merge || actor.Inputs.All(input => !heights.ContainsKey(input) || placed.Contains(input)))
                .OrderByDescending(actor => heights[actor]).Take(MaxPerLayer)];
            placed.UnionWith(layer);
            open.RemoveAll(layer.Contains);
            layers.Add(layer);
        }
        layers.Add([actors[^1]]);
        return layers;
    }

    private static void Order<T>(List<List<T>> layers, Func<T, IEnumerable<T>> above, Func<T, IEnumerable<T>> below) where T : notnull
    {
        var places = new Dictionary<T, double>();
        foreach (List<T> layer in layers)
            Number(layer, places);
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            bool down = sweep % 2 == 0;
            for (int i = 0; i < layers.Count; i++)
            {
                int index = down ? i : layers.Count - 1 - i;
                layers[index] = [.. layers[index].OrderBy(node => (down ? above(node) : below(node))
                    .Where(places.ContainsKey).Select(other => places[other]).DefaultIfEmpty(places[node]).Average())];
                Number(layers[index], places);
            }
        }
    }

    private static void Number<T>(List<T> layer, Dictionary<T, double> places) where T : notnull
    {
        for (int i = 0; i < layer.Count; i++)
            places[layer[i]] = i - layer.Count / 2.0;
    }

    private static double WidthOf(List<Actor> layer) => layer.Sum(actor => WidthOf(actor) + ColumnGap) - ColumnGap;

    private static double WidthOf(Actor actor) => NodePadding + Math.Max(56, Math.Max(ActorCaption.Title(actor).Length * CharacterWidth,
        (ActorCaption.Source(actor.Block!.Function.Graph, actor).Length + ProfileCharacters) * SmallCharacterWidth));
}
