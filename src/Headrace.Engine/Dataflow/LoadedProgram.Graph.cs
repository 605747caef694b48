using Headrace.Dataflow;

namespace Headrace.Engine;

public sealed partial class LoadedProgram
{
    private Graph? _graph;

    /// <summary>The program as a graph that every pass has been over; built when it is first asked for.</summary>
    internal Graph Graph => Volatile.Read(ref _graph) ?? Interlocked.CompareExchange(ref _graph, BuildGraph(PassOptions.All), null) ?? _graph;

    /// <summary>Builds the program's graph.</summary>
    internal Graph BuildGraph(PassOptions passes)
    {
        GraphMap[] maps = [.. MapArray.Select(map => new GraphMap(map.Name, map.Type, map.KeySize, map.ValueSize, map.MaxEntries))];
        Graph graph = GraphBuilder.Build(_spec, maps, IsPlain, Verified);
        PassPipeline.Run(graph, passes);
        return graph;
    }
}
