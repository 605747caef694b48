using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Headrace.Objects;

namespace Headrace.Dataflow.Tests.Pictures;

public class PictureTests
{
    public static TheoryData<string> Programs => ["drop", "parse", "firewall", "loop", "tailcall"];

    [Theory, MemberData(nameof(Programs))]
    public void Svg_draws_every_actor_once_inside_the_picture_and_apart_from_others(string name)
    {
        Graph graph = GraphOf(name);
        var text = new StringWriter();
        SvgWriter.Write(graph, text);
        XElement svg = XDocument.Parse(text.ToString()).Root!;
        XNamespace space = svg.Name.Namespace;
        int drawn = svg.Descendants(space + "g").Elements(space + "title").Count();
        var layouts = graph.Functions.ToDictionary(function => function, function => new LayeredLayout(function, 0));
        // Links say what is proved of their tokens; inside a box lines follow each other.
        string[] links = [.. svg.Descendants(space + "path").Elements(space + "title").Select(title => title.Value)];
        Assert.Equal(graph.Functions.Sum(function => GraphLinks.Of(function).Count(link => link.Kind != LinkKind.Control && !link.From.IsLiteral
            && layouts[function].GroupOf(link.From) != layouts[function].GroupOf(link.To))), links.Length);
        Assert.All(links, link => Assert.Matches(" before .*: |: (pointer to [A-Z]|always [0-9]|[0-9]+ bits, )", link));
        Assert.Equal(graph.Functions.SelectMany(function => function.Actors).Count(actor => !actor.IsLiteral), drawn);

        LayeredLayout layout = layouts[graph.Main];
        Box[] boxes = [.. layout.Actors.Values];
        foreach (Box box in boxes)
        {
            Assert.InRange(box.X, 0, layout.Width - box.Width);
            Assert.InRange(box.Y, 0, layout.Bottom - box.Height);
            Assert.DoesNotContain(boxes, other => other != box && other.X < box.X + box.Width && box.X < other.X + other.Width && other.Y < box.Bottom && box.Y < other.Bottom);
        }
    }

    [Theory, InlineData("firewall"), InlineData("lb"), InlineData("router")]
    public void The_picture_of_a_large_program_is_about_as_wide_as_high(string name)
    {
        var layout = new LayeredLayout(GraphOf(name).Main, 0);
        Assert.InRange(layout.Bottom / layout.Width, 0.3, 1.5);
    }

    [Theory, MemberData(nameof(Programs))]
    public void Tokens_leave_a_box_from_its_last_line_only(string name)
    {
        GraphFunction function = GraphOf(name).Main;
        var layout = new LayeredLayout(function, 0);
        foreach (Actor actor in function.Actors.Where(actor => !actor.IsLiteral))
        {
            ActorGroup group = layout.GroupOf(actor);
            Assert.True(actor == group.Actors[^1] || actor.Users.All(group.Actors.Contains));
            Assert.Equal(group.Actors.OrderBy(other => layout.Actors[other].Y), group.Actors);
        }
        Assert.True(function.Blocks.Count == 1 || function.Actors.Any(actor => !actor.IsLiteral && layout.GroupOf(actor).Actors.Count > 1));
    }

    [Fact]
    public void Ways_to_another_column_have_lanes_at_both_ends()
    {
        GraphFunction function = GraphOf("firewall").Main;
        var layout = new LayeredLayout(function, 0);
        (Block From, Block To)[] across = [.. function.Blocks.SelectMany(from => from.Successors.Select(to => (from, to))).Where(way => layout.IsAcross(way.from, way.to))];
        Assert.NotEmpty(across);
        foreach ((Block from, Block to) in across)
        {
            Assert.InRange(layout.PassageOf(to), 0, layout.Blocks.Values.Min(box => box.Y));
            foreach (double lane in (double[])[layout.LaneOf(from, to), layout.LaneOf(to, to)])
                Assert.All(layout.Blocks.Values, box => Assert.False(box.X <= lane && lane <= box.X + box.Width && box.Y < layout.Blocks[from].Bottom && box.Bottom > layout.Blocks[from].Y));
        }
    }

    [Theory, MemberData(nameof(Programs))]
    public void Json_holds_every_actor_with_its_source(string name)
    {
        Graph graph = GraphOf(name);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
            GraphJson.Write(graph, json);
        JsonElement root = JsonDocument.Parse(stream.ToArray()).RootElement;
        JsonElement[] actors = [.. root.GetProperty("functions").EnumerateArray().SelectMany(function => function.GetProperty("blocks").EnumerateArray())
            .SelectMany(block => block.GetProperty("actors").EnumerateArray())];
        Assert.Equal(graph.Functions.SelectMany(function => function.Actors).Count(), actors.Length);
        Assert.All(actors, actor => Assert.NotEqual(0, actor.GetProperty("source").GetString()!.Length));
        Assert.Contains(actors, actor => actor.GetProperty("critical").GetBoolean());
    }

    [Theory, MemberData(nameof(Programs))]
    public void Dot_balances_its_braces_and_names_every_block(string name)
    {
        Graph graph = GraphOf(name);
        var text = new StringWriter();
        DotWriter.Write(graph, text);
        var outside = new StringBuilder();
        bool inside = false;
        foreach (char letter in text.ToString().Replace("\\\"", "", StringComparison.Ordinal))
        {
            inside ^= letter == '"';
            if (!inside)
                outside.Append(letter);
        }
        Assert.Equal(outside.ToString().Count(letter => letter == '{'), outside.ToString().Count(letter => letter == '}'));
        Assert.All(graph.Main.Blocks, block => Assert.Contains($"cluster_f0_b{block.Id} ", text.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Heat_goes_from_white_to_red()
    {
        Assert.Equal("#ffffff", ActorColors.Heat(0));
        string[] colors = [.. new[] { 0.1, 1, 10 }.Select(ActorColors.Heat)];
        Assert.Equal(colors.OrderDescending(), colors);
    }

    [Fact]
    public void The_critical_path_is_the_longest_chain()
    {
        Graph graph = Graphs.Plain("r3 = r2\nr3 *= r2\nr3 *= r2\nr0 = r2\nr0 += 5\nr0 += r3\nexit");
        var path = new CriticalPath(graph.Main);
        // The parameter, two multiplications of three cycles, the last sum and the return.
        Assert.Equal(1 + 3 + 3 + 1 + 1, path.Cycles);
        Assert.Equal(5, path.Actors.Count);
    }

    private static Graph GraphOf(string name)
    {
        (CollectionSpec spec, ProgramSpec program, Verifier.VerifiedProgram? verified) =
            Graphs.Committed().First(committed => Path.GetFileName(committed.Spec.Source) == name + ".bpf.o");
        Graph graph = Graph.Build(spec, program, verified);
        PassPipeline.Run(graph, PassOptions.All);
        return graph;
    }
}
