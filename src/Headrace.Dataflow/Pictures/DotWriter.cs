using System.Globalization;

namespace Headrace.Dataflow;

/// <summary>Writes graphs for graphviz: a cluster for each block.</summary>
public static class DotWriter
{
    /// <summary>Writes a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="writer">Takes the text.</param>
    /// <param name="profile">Colours actors by how often they fired; null colours them by what they touch.</param>
    public static void Write(Graph graph, TextWriter writer, GraphProfile? profile = null)
    {
        writer.WriteLine($"digraph \"{Escape(graph.Program.Name)}\" {{");
        writer.WriteLine("  node [shape=box style=filled fontname=\"monospace\" fontsize=10]; edge [fontname=\"monospace\" fontsize=9]; compound=true;");
        for (int i = 0; i < graph.Functions.Count; i++)
            Write(graph, graph.Functions[i], i, writer, profile);
        writer.WriteLine("}");
    }

    private static void Write(Graph graph, GraphFunction function, int number, TextWriter writer, GraphProfile? profile)
    {
        var critical = new CriticalPath(function);
        writer.WriteLine($"  subgraph cluster_f{number} {{ label=\"{Escape(function.Name)}\";");
        foreach (Block block in function.Blocks)
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"    subgraph cluster_f{number}_b{block.Id} {{ label=\"block {block.Id}{(block.IsLoopHead ? ", loop" : "")}\"; style=rounded;"));
            foreach (Actor actor in block.Actors.Where(actor => !actor.IsLiteral))
            {
                string color = profile is null ? ActorColors.Of(actor) : ActorColors.Heat(profile.PerPacket(actor));
                string pen = critical.Actors.Contains(actor) ? " color=red penwidth=2" : "";
                writer.WriteLine($"      a{actor.Id} [label=\"{Escape(ActorCaption.Title(actor))}\\n{Escape(ActorCaption.Source(graph, actor))}\" "
                    + $"tooltip=\"{Escape(ActorCaption.Details(graph, actor))}\" fillcolor=\"{color}\"{pen}];");
            }
            writer.WriteLine("    }");
        }
        writer.WriteLine("  }");
        foreach (Link link in GraphLinks.Of(function).Where(link => !link.From.IsLiteral))
        {
            string style = link.Kind switch
            {
                LinkKind.Order => " [style=dotted]",
                LinkKind.Control => string.Create(CultureInfo.InvariantCulture, $" [style=bold color=gray40 label=\"{Exit(link)}\"]"),
                _ when critical.Contains(link.From, link.To) => $" [label=\"{Width(link)}\" color=red penwidth=2]",
                _ => $" [label=\"{Width(link)}\"]",
            };
            writer.WriteLine($"  a{link.From.Id} -> a{Target(link).Id}{style};");
        }
    }

    // Literals are not drawn: control comes to the first actor that is.
    private static Actor Target(Link link) => link.Kind == LinkKind.Control ? link.To.Block!.Actors.First(actor => !actor.IsLiteral) : link.To;

    // As on a bus in a circuit: how many bits it takes; pointers have none.
    private static string Width(Link link) =>
        link.Facts.Pointer.Kind == PointerKind.None && link.Facts.Width < 64 ? string.Create(CultureInfo.InvariantCulture, $"/{link.Facts.Width}") : "";

    internal static string Exit(Link link) => link.From.Kind != ActorKind.Branch ? "" : link.Input == 0 ? "yes" : "no";

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
