using System.Globalization;
using System.Security;
using Headrace.Bytecode;

namespace Headrace.Dataflow;

/// <summary>Draws graphs: blocks as clusters, actors in the colours of what they touch, the critical path in red.</summary>
/// <remarks>Pointing at an actor shows its source line and everything that is proved of it.</remarks>
public static class SvgWriter
{
    /// <summary>Actors that a picture can have: with more no browser shows it in a time anybody waits.</summary>
    public const int MaxActors = 20_000;

    private const double Margin = 24, HeaderHeight = 74;
    private const double BlockTitleMargin = 10, BlockTitleCharacter = 6.05;
    private const int BlockTitleGap = 2;
    private const double TextMargin = 7;

    /// <summary>Draws a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="writer">Takes the text.</param>
    /// <param name="profile">Colours actors by how often they fired; null colours them by what they touch.</param>
    /// <exception cref="UnsupportedFeatureException">It has more than <see cref="MaxActors"/>.</exception>
    public static void Write(Graph graph, TextWriter writer, GraphProfile? profile = null)
    {
        int actors = graph.Functions.Sum(function => function.Actors.Count());
        if (actors > MaxActors)
            throw new UnsupportedFeatureException($"program '{graph.Program.Name}'", "a picture as SVG", $"its graph has {actors} actors, and {MaxActors} can be shown: take --format dot or json");
        var layouts = new List<(GraphFunction Function, LayeredLayout Layout)>();
        double y = HeaderHeight;
        foreach (GraphFunction function in graph.Functions)
        {
            var layout = new LayeredLayout(function, y + 30);
            layouts.Add((function, layout));
            y = layout.Bottom + 50;
        }
        double width = Math.Max(980, layouts.Max(layout => layout.Layout.Width)) + 2 * Margin;
        Line(writer, $"<svg xmlns='http://www.w3.org/2000/svg' width='{width:f0}' height='{y:f0}' viewBox='0 0 {width:f0} {y:f0}' font-family='DejaVu Sans Mono,Menlo,Consolas,monospace' font-size='11'>");
        writer.WriteLine("<defs><marker id='a' viewBox='0 0 8 8' refX='7' refY='4' markerWidth='6' markerHeight='6' orient='auto'><path d='M0 0L8 4L0 8z' fill='context-stroke'/></marker></defs>");
        writer.WriteLine("<rect width='100%' height='100%' fill='#fbfcfd'/>");
        WriteHeader(graph, writer, profile);
        foreach ((GraphFunction function, LayeredLayout layout) in layouts)
        {
            double shift = (width - layout.Width) / 2;
            Line(writer, $"<g transform='translate({shift:f1} 0)'>");
            WriteFunction(graph, function, layout, writer, profile);
            writer.WriteLine("</g>");
        }
        writer.WriteLine("</svg>");
    }

    private static void WriteHeader(Graph graph, TextWriter writer, GraphProfile? profile)
    {
        GraphStatistics statistics = GraphStatistics.Of(graph);
        Line(writer, $"<text x='{Margin:f0}' y='28' font-size='16' font-weight='bold'>{Escape(graph.Program.Name)}</text>");
        Line(writer, $"<text x='{Margin:f0}' y='47' fill='#556'>{statistics.Actors} actors, {statistics.Links} links, {statistics.Blocks} blocks; critical path {statistics.CriticalCycles} cycles, parallelism {statistics.Parallelism:f1}{(profile is null ? "" : $"; {profile.Packets} packets measured")}</text>");
        double x = Margin;
        (string Name, string Color)[] legend = profile is null ? ActorColors.Legend
            : [.. new[] { 0, 0.1, 0.5, 1, 3, 10 }.Select(firings => (string.Create(CultureInfo.InvariantCulture, $"{firings} a packet"), ActorColors.Heat(firings)))];
        foreach ((string name, string color) in legend)
        {
            Line(writer, $"<rect x='{x:f0}' y='57' width='14' height='12' rx='2' fill='{color}' stroke='#8894a3'/><text x='{x + 19:f0}' y='67' fill='#334'>{name}</text>");
            x += 34 + name.Length * 7;
        }
        Line(writer, $"<path d='M{x:f0} 63h26' stroke='#d22' stroke-width='2.5'/><text x='{x + 32:f0}' y='67' fill='#334'>critical path</text>");
        Line(writer, $"<path d='M{x + 140:f0} 63h26' stroke='#7a5bb5' stroke-dasharray='3 3'/><text x='{x + 172:f0}' y='67' fill='#334'>memory order</text>");
    }

    private static void WriteFunction(Graph graph, GraphFunction function, LayeredLayout layout, TextWriter writer, GraphProfile? profile)
    {
        var critical = new CriticalPath(function);
        double top = layout.Blocks[function.Entry].Y;
        if (graph.Functions.Count > 1)
            Line(writer, $"<text x='0' y='{top - 12:f0}' font-size='13' font-weight='bold'>{Escape(function.Name)}</text>");
        foreach ((Block block, Box box) in layout.Blocks)
            WriteBlock(graph, block, box, writer);
        // What goes from line to line of one box is said by the lines.
        Link[] links = [.. GraphLinks.Of(function).Where(link => !link.From.IsLiteral && (link.Kind == LinkKind.Control || layout.GroupOf(link.From) != layout.GroupOf(link.To)))];
        foreach (Link link in links.Where(link => link.Kind == LinkKind.Control))
            WriteControl(link, layout, writer, critical);
        foreach (Link link in links.Where(link => link.Kind != LinkKind.Control).OrderBy(link => critical.Contains(link.From, link.To)))
            WriteLink(graph, link, layout, writer, critical);
        foreach ((Actor actor, Box box) in layout.Actors)
            WriteActor(graph, actor, box, writer, critical, profile);
    }

    private static void WriteBlock(Graph graph, Block block, Box box, TextWriter writer)
    {
        string name = $"block {block.Id}{(block.IsLoopHead ? ", head of a loop" : block.LoopDepth > 0 ? ", in a loop" : "")}";
        int room = (int)((box.Width - 2 * BlockTitleMargin) / BlockTitleCharacter) - name.Length - BlockTitleGap;
        string stroke = block.LoopDepth > 0 ? "#3b7a57" : "#b9c3ce";
        Line(writer, $"<rect x='{box.X:f1}' y='{box.Y:f1}' width='{box.Width:f1}' height='{box.Height:f1}' rx='8' fill='#f3f5f8' stroke='{stroke}' stroke-width='{(block.IsLoopHead ? 2 : 1)}'/>");
        Line(writer, $"<text x='{box.X + BlockTitleMargin:f1}' y='{box.Y + 16:f1}' fill='#667' font-size='10'>{name}<tspan dx='{BlockTitleGap * BlockTitleCharacter:f0}' fill='#2a5d8f'>{Escape(ActorCaption.Statement(graph, block, room))}</tspan></text>");
    }

    private static void WriteControl(Link link, LayeredLayout layout, TextWriter writer, CriticalPath critical)
    {
        Box from = layout.Blocks[link.From.Block!], to = layout.Blocks[link.To.Block!], actor = layout.Actors[link.From];
        Block source = link.From.Block!, target = link.To.Block!;
        bool back = target.Index <= source.Index;
        bool isCritical = target.Actors.Any(other => critical.Actors.Contains(other) && critical.Contains(link.From, other));
        string color = isCritical ? "#d22" : back ? "#3b7a57" : "#5f6b7a";
        // The two ways of a branch leave side by side; ways back run along the left side.
        double x = actor.Middle + (link.From.Kind == ActorKind.Branch ? link.Input == 0 ? -12 : 12 : 0);
        string path;
        if (layout.IsAcross(source, target))
        {
            double lane = layout.LaneOf(source, target), other = layout.LaneOf(target, target), passage = layout.PassageOf(target);
            path = Path($"M{x:f1} {actor.Bottom:f1}C{x:f1} {actor.Bottom + 30:f1} {lane:f1} {actor.Bottom + 36:f1} {lane:f1} {actor.Bottom - 4:f1}V{passage:f1}H{other:f1}V{to.Y - 40:f1}C{other:f1} {to.Y - 12:f1} {to.Middle + 20:f1} {to.Y - 36:f1} {to.Middle + 20:f1} {to.Y:f1}");
        }
        else if (back)
        {
            double side = Math.Min(from.X, to.X) - 32;
            path = Path($"M{x:f1} {actor.Bottom:f1}C{x:f1} {actor.Bottom + 40:f1} {side:f1} {from.Bottom + 24:f1} {side:f1} {from.Bottom - 10:f1}V{to.Y + 10:f1}C{side:f1} {to.Y - 22:f1} {to.X + 30:f1} {to.Y - 26:f1} {to.X + 30:f1} {to.Y:f1}");
        }
        else if (layout.IsLong(source, target))
        {
            double lane = layout.LaneOf(target, target);
            path = Path($"M{x:f1} {actor.Bottom:f1}C{x:f1} {actor.Bottom + 36:f1} {lane:f1} {actor.Bottom + 14:f1} {lane:f1} {actor.Bottom + 44:f1}V{to.Y - 40:f1}C{lane:f1} {to.Y - 12:f1} {to.Middle + 20:f1} {to.Y - 36:f1} {to.Middle + 20:f1} {to.Y:f1}");
        }
        else
        {
            path = Path($"M{x:f1} {actor.Bottom:f1}C{x:f1} {actor.Bottom + 40:f1} {to.Middle:f1} {to.Y - 36:f1} {to.Middle:f1} {to.Y:f1}");
        }
        Line(writer, $"<path d='{path}' fill='none' stroke='{color}' stroke-width='{(isCritical ? 3 : 2)}' stroke-opacity='.8' marker-end='url(#a)'/>");
        if (link.From.Kind == ActorKind.Branch)
            Line(writer, $"<text x='{x + (link.Input == 0 ? -24 : 5):f1}' y='{actor.Bottom + 12:f1}' font-size='9' fill='{color}'>{DotWriter.Exit(link)}</text>");
    }

    private static void WriteLink(Graph graph, Link link, LayeredLayout layout, TextWriter writer, CriticalPath critical)
    {
        Box from = layout.Actors[link.From], to = layout.Actors[link.To];
        bool isCritical = critical.Contains(link.From, link.To);
        bool isInside = link.From.Block == link.To.Block;
        string path = PathOf(link, from, to, isFirst: layout.GroupOf(link.To).Actors[0] == link.To);
        string style = isCritical ? "stroke='#d22' stroke-width='2.5'"
            : link.Kind == LinkKind.Order ? "stroke='#7a5bb5' stroke-dasharray='3 3' stroke-opacity='.8'"
            : isInside ? "stroke='#44566c' stroke-width='1.1'" : "stroke='#44566c' stroke-width='.7' stroke-opacity='.28'";
        string arrow = isInside || isCritical ? " marker-end='url(#a)'" : "";
        Line(writer, $"<path d='{path}' fill='none' {style}{arrow}><title>{Escape(ActorCaption.Details(graph, link))}</title></path>");
    }

    // To the first line of a box from above, to the others from the side.
    private static string PathOf(Link link, Box from, Box to, bool isFirst)
    {
        const double Side = 22;
        double start = from.Middle, bend = Math.Max(10, Math.Abs(to.Y - from.Bottom) / 2), middle = to.Y + to.Height / 2;
        double end = to.X + to.Width * (link.Input + 1) / (link.To.Inputs.Count + 1);
        return isFirst ? Path($"M{start:f1} {from.Bottom:f1}C{start:f1} {from.Bottom + bend:f1} {end:f1} {to.Y - bend:f1} {end:f1} {to.Y:f1}")
            : Path($"M{start:f1} {from.Bottom:f1}C{start:f1} {from.Bottom + bend:f1} {to.X - Side:f1} {middle:f1} {to.X:f1} {middle:f1}");
    }

    private static void WriteActor(Graph graph, Actor actor, Box box, TextWriter writer, CriticalPath critical, GraphProfile? profile)
    {
        bool isCritical = critical.Actors.Contains(actor);
        // What a function is given is there without a firing.
        bool isMeasured = profile is not null && actor.Kind != ActorKind.Parameter;
        string color = isMeasured ? ActorColors.Heat(profile!.PerPacket(actor)) : ActorColors.Of(actor);
        string source = ActorCaption.Source(graph, actor);
        if (isMeasured)
            source = string.Create(CultureInfo.InvariantCulture, $"x{profile!.PerPacket(actor):0.##}  {source}");
        Line(writer, $"<g><title>{Escape(ActorCaption.Details(graph, actor))}</title><rect x='{box.X:f1}' y='{box.Y:f1}' width='{box.Width:f1}' height='{box.Height:f1}' rx='3' fill='{color}' stroke='{(isCritical ? "#d22" : "#8894a3")}' stroke-width='{(isCritical ? 2 : 1)}'/>");
        Line(writer, $"<text x='{box.X + TextMargin:f1}' y='{box.Y + 12:f1}'>{Escape(ActorCaption.ShortTitle(actor))}</text><text x='{box.X + box.Width - TextMargin:f1}' y='{box.Y + 12:f1}' text-anchor='end' font-size='8' fill='#778'>{Escape(source)}</text></g>");
    }

    private static string Path(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Line(TextWriter writer, FormattableString text) => writer.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static string Escape(string text) => SecurityElement.Escape(text);
}
