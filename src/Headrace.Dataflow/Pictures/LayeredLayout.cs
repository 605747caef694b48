namespace Headrace.Dataflow;

/// <summary>Places the blocks of a function in layers by control, and the actors of a block in layers by data, an expression's together.</summary>
/// <remarks>
/// After Sugiyama, Tagawa and Toda (1981): layers by the longest way, order within layers by the mean place of neighbours. Layers of
/// actors hold a limited number, so that blocks stay narrower than a screen; layers of blocks are set in columns like a newspaper's, so
/// that the picture of a program, which branches mostly one behind the other, is about as wide as it is high.
/// </remarks>
internal sealed class LayeredLayout
{
    private const int MaxPerLayer = 3;
    private const double LineHeight = 17, CharacterWidth = 6.7, NodePadding = 26;
    private const double SmallCharacterWidth = 4.9;

    // A profile puts the firings before the source line.
    private const int ProfileCharacters = 5;
    private const double NodeGap = 14, RowGap = 20, BlockPadding = 12, BlockTitle = 20, BlockGapX = 46, BlockGapY = 44;
    private const double LaneMargin = 20, LaneGap = 9, ColumnGap = 60, PassageGap = 7;

    // What the width of the picture should be to its height: a screen's.
    private const double Aspect = 1.6;

    // Room for a source line beside the block's name.
    private const double MinBlockWidth = 300;
    private const int Sweeps = 8;

    private readonly Dictionary<Actor, Box> _actors = [];
    private readonly Dictionary<Actor, ActorGroup> _groups = [];
    private readonly Dictionary<Block, Box> _blocks = [];
    private readonly Dictionary<Block, (int Column, int Layer)> _places = [];
    private readonly Dictionary<(int Column, Block To), double> _lanes = [];
    private readonly Dictionary<Block, double> _passages = [];

    /// <summary>Lays a function out.</summary>
    /// <param name="function">The function.</param>
    /// <param name="top">Where it begins.</param>
    public LayeredLayout(GraphFunction function, double top)
    {
        var insides = function.Blocks.ToDictionary(block => block, LayOutInside);
        List<List<Block>> layers = LayersOf(function);
        Order(layers, block => block.Predecessors.Where(edge => edge.From.Index < block.Index).Select(edge => edge.From),
            block => block.Exits.Where(next => next.Index > block.Index));
        double[] heights = [.. layers.Select(layer => layer.Max(block => insides[block].Height) + BlockGapY)];
        double[] widths = [.. layers.Select(layer => layer.Sum(block => insides[block].Width + BlockGapX) - BlockGapX)];
        int[] columns = ColumnsOf(heights, widths.Max());
        for (int i = 0; i < layers.Count; i++)
        {
            foreach (Block block in layers[i])
                _places[block] = (columns[i], i);
        }
        double passages = FindPassages(function, top);
        double left = 0;
        Bottom = top;
        for (int column = 0; column <= columns[^1]; column++)
        {
            int[] own = [.. Enumerable.Range(0, layers.Count).Where(i => columns[i] == column)];
            double width = own.Max(i => widths[i]), y = top + passages;
            foreach (int i in own)
            {
                double x = left + (width - widths[i]) / 2;
                foreach (Block block in layers[i])
                {
                    Place(block, insides[block], x, y);
                    x += insides[block].Width + BlockGapX;
                }
                y += heights[i];
            }
            Bottom = Math.Max(Bottom, y - BlockGapY);
            Width = left + width + AddLanes(function, column, left + width);
            left = Width + ColumnGap;
        }
    }

    /// <summary>True for a way that would cross other blocks of its column: it takes a lane beside them.</summary>
    public bool IsLong(Block from, Block to) => !IsAcross(from, to) && _places[to].Layer > _places[from].Layer + 1;

    /// <summary>True for a way to another column, which runs over the top.</summary>
    public bool IsAcross(Block from, Block to) => _places[to].Column != _places[from].Column;

    /// <summary>Where the lane of ways to a block runs: beside the column of a block, its own or one that it is come to from.</summary>
    public double LaneOf(Block at, Block to) => _lanes[(_places[at].Column, to)];

    /// <summary>Where ways to a block from other columns run over the top.</summary>
    public double PassageOf(Block to) => _passages[to];

    /// <summary>The box that an actor is a line of.</summary>
    public ActorGroup GroupOf(Actor actor) => _groups[actor];

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

    /// <summary>The column of each layer: as many columns as give the picture its shape, each as high as the others.</summary>
    private static int[] ColumnsOf(double[] heights, double width)
    {
        double all = heights.Sum(), filled = 0;
        int count = Math.Clamp((int)Math.Round(Math.Sqrt(Aspect * all / (width + ColumnGap))), 1, heights.Length);
        var columns = new int[heights.Length];
        for (int i = 0; i < heights.Length; i++)
        {
            columns[i] = Math.Min(count - 1, Math.Min((int)((filled + heights[i] / 2) / all * count), (i == 0 ? 0 : columns[i - 1] + 1)));
            filled += heights[i];
        }
        return columns;
    }

    // One for each block that is come to from other columns.
    private double FindPassages(GraphFunction function, double top)
    {
        foreach (Block block in function.Blocks.Where(block => block.Predecessors.Any(edge => IsAcross(edge.From, block))))
            _passages.Add(block, top + _passages.Count * PassageGap);
        return _passages.Count == 0 ? 0 : _passages.Count * PassageGap + BlockGapY;
    }

    private double AddLanes(GraphFunction function, int column, double right)
    {
        int lanes = 0;
        foreach (Block block in function.Blocks)
        {
            bool isUsed = block.Predecessors.Any(edge => IsAcross(edge.From, block)
                ? column == _places[block].Column || column == _places[edge.From].Column
                : column == _places[block].Column && IsLong(edge.From, block));
            if (isUsed)
                _lanes.Add((column, block), right + LaneMargin + lanes++ * LaneGap);
        }
        return lanes == 0 ? 0 : LaneMargin + lanes * LaneGap;
    }

    private void Place(Block block, (Dictionary<Actor, Box> Boxes, Dictionary<Actor, ActorGroup> Groups, double Width, double Height) inside, double x, double y)
    {
        _blocks[block] = new Box(x, y, inside.Width, inside.Height);
        foreach ((Actor actor, Box box) in inside.Boxes)
            _actors[actor] = box with { X = box.X + x, Y = box.Y + y };
        foreach ((Actor actor, ActorGroup group) in inside.Groups)
            _groups[actor] = group;
    }

    private static (Dictionary<Actor, Box> Boxes, Dictionary<Actor, ActorGroup> Groups, double Width, double Height) LayOutInside(Block block)
    {
        Dictionary<Actor, ActorGroup> groups = ActorGroup.Of(block);
        List<List<ActorGroup>> layers = LayersOf([.. block.Actors.Where(groups.ContainsKey).Select(actor => groups[actor]).Distinct().OrderBy(group => group.Actors[^1].IsTerminator)], groups);
        Order(layers, group => Before(group, groups), group => group.Actors[^1].Users.Where(groups.ContainsKey).Select(user => groups[user]));
        double width = Math.Max(MinBlockWidth, layers.Max(WidthOf));
        var boxes = new Dictionary<Actor, Box>();
        double y = BlockTitle + BlockPadding;
        foreach (List<ActorGroup> layer in layers)
        {
            double x = BlockPadding + (width - WidthOf(layer)) / 2;
            foreach (ActorGroup group in layer)
            {
                for (int i = 0; i < group.Actors.Count; i++)
                    boxes[group.Actors[i]] = new Box(x, y + i * LineHeight, WidthOf(group), LineHeight);
                x += WidthOf(group) + NodeGap;
            }
            y += layer.Max(group => group.Actors.Count) * LineHeight + RowGap;
        }
        return (boxes, groups, width + 2 * BlockPadding, y - RowGap + BlockPadding);
    }

    private static IEnumerable<ActorGroup> Before(ActorGroup group, Dictionary<Actor, ActorGroup> groups) =>
        group.Actors.SelectMany(actor => actor.Inputs).Where(groups.ContainsKey).Select(input => groups[input]).Where(other => other != group);

    /// <summary>Layers of a block: those with the longest way below them first, as many as fit; what ends the block last.</summary>
    private static List<List<ActorGroup>> LayersOf(ActorGroup[] all, Dictionary<Actor, ActorGroup> groups)
    {
        var heights = new Dictionary<ActorGroup, int>();
        for (int i = all.Length - 1; i >= 0; i--)
            heights[all[i]] = all[i].Actors[^1].Users.Where(groups.ContainsKey).Select(user => heights.GetValueOrDefault(groups[user]) + 1).DefaultIfEmpty(0).Max();
        var placed = new HashSet<ActorGroup>();
        var open = all.SkipLast(1).ToList();
        var layers = new List<List<ActorGroup>>();
        while (open.Count > 0)
        {
            // A loop's merges take what comes later.
            List<ActorGroup> layer = [.. open.Where(group => group.Actors[0].Kind == ActorKind.Merge || Before(group, groups).All(placed.Contains))
                .OrderByDescending(group => heights[group]).Take(MaxPerLayer)];
            placed.UnionWith(layer);
            open.RemoveAll(layer.Contains);
            layers.Add(layer);
        }
        layers.Add([all[^1]]);
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

    private static double WidthOf(List<ActorGroup> layer) => layer.Sum(group => WidthOf(group) + NodeGap) - NodeGap;

    private static double WidthOf(ActorGroup group) => group.Actors.Max(actor => NodePadding + ActorCaption.ShortTitle(actor).Length * CharacterWidth
        + (ActorCaption.Source(actor.Block!.Function.Graph, actor).Length + ProfileCharacters) * SmallCharacterWidth);
}
