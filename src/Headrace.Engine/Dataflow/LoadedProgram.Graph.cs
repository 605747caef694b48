using Headrace.Dataflow;

namespace Headrace.Engine;

public sealed partial class LoadedProgram
{
    private Graph? _graph;

    /// <summary>The program as a graph; built when it is first asked for. Every pass has been over it if the program is verified.</summary>
    /// <remarks>What nobody has proved anything of is left as it stands: it is run to be stopped where it does wrong, at the instruction that does it.</remarks>
    internal Graph Graph => Volatile.Read(ref _graph)
        ?? Interlocked.CompareExchange(ref _graph, BuildGraph(Verified is null ? PassOptions.None : Passes), null) ?? _graph;

    /// <summary>Builds the program's graph.</summary>
    internal Graph BuildGraph(PassOptions passes)
    {
        GraphMap[] maps = [.. MapArray.Select((map, index) => new GraphMap(map.Name, map.Type, map.KeySize, map.ValueSize, map.MaxEntries, First(map) is var first && first < index ? first : -1))];
        Graph graph = GraphBuilder.Build(_spec, maps, IsPlain, Verified);
        PassPipeline.Run(graph, passes);
        return graph;
    }

    // Who shares maps between collections may give one under several names.
    private int First(Map map) => Array.IndexOf(MapArray, map);
}
