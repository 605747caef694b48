namespace Headrace.Dataflow;

/// <summary>Finds out everything that is kept on actors: facts, regions, effects, live bits, loop depths.</summary>
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
        foreach (GraphFunction function in graph.List)
            LiveBitAnalysis.Run(function);
    }
}
