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
        // Links say what is proved of their tokens.
        string[] links = [.. svg.Descendants(space + "path").Elements(space + "title").Select(title => title.Value)];
        Assert.Equal(graph.Functions.SelectMany(GraphLinks.Of).Count(link => link.Kind != LinkKind.Control && !link.From.IsLiteral), links.Length);
        Assert.All(links, link => Assert.Matches(" before .*: |: (pointer to [A-Z]|always [0-9]|[0-9]+ bits, )", link));
        Assert.Equal(graph.Functions.SelectMany(function => function.Actors).Count(actor => !actor.IsLiteral), drawn);

        var layout = new LayeredLayout(graph.Main, 0);
        Box[] boxes = [.. layout.Actors.Values];
        foreach (Box box in boxes)
        {
            Assert.InRange(box.X, 0, layout.Width - box.Width);
            Assert.InRange(box.Y, 0, layout.Bottom - box.Height);
            Assert.DoesNotContain(boxes, other => other != box && other.X < box.X + box.Width && box.X < other.X + other.Width && other.Y < box.Bottom && box.Y < other.Bottom);
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
