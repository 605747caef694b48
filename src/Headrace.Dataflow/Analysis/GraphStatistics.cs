namespace Headrace.Dataflow;

/// <summary>The size of a graph in numbers.</summary>
/// <param name="Functions">Functions.</param>
/// <param name="Blocks">Blocks.</param>
/// <param name="Actors">Actors that fire.</param>
/// <param name="Links">Links of all kinds, literals' not counted.</param>
/// <param name="CriticalCycles">Cycles of the longest way through the program's own function.</param>
/// <param name="Parallelism">Cycles of all its actors together over that: what parallel hardware can win at most.</param>
public sealed record GraphStatistics(int Functions, int Blocks, int Actors, int Links, long CriticalCycles, double Parallelism)
{
    /// <summary>Counts a graph.</summary>
    public static GraphStatistics Of(Graph graph)
    {
        var actors = graph.Functions.SelectMany(function => function.Actors).Where(actor => !actor.IsLiteral);
        int links = graph.Functions.SelectMany(GraphLinks.Of).Count(link => !link.From.IsLiteral);
        var critical = new CriticalPath(graph.Main);
        long work = graph.Main.Actors.Sum(actor => (long)Latency.Of(actor));
        return new GraphStatistics(graph.Functions.Count, graph.Functions.Sum(function => function.Blocks.Count), actors.Count(), links,
            critical.Cycles, critical.Cycles == 0 ? 0 : (double)work / critical.Cycles);
    }
}
