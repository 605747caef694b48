namespace Headrace.Dataflow;

/// <summary>Finds out what is kept on actors: facts, regions, effects, loop depths, live bits.</summary>
internal static class GraphAnalysis
{
    /// <summary>Analyses a graph whose actors have changed.</summary>
    public static void Run(Graph graph)
    {
        foreach (GraphFunction function in graph.List)
        {
            FactAnalysis.Run(function);
            LoopAnalysis.Run(function);
        }
        RegionAnalysis.Run(graph);
    }

    /// <summary>Finds the live bits, which few ask for.</summary>
    public static void FindLiveBits(Graph graph)
    {
        foreach (GraphFunction function in graph.List)
            LiveBitAnalysis.Run(function);
    }
}
