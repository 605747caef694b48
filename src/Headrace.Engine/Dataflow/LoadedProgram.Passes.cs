using Headrace.Dataflow;

namespace Headrace.Engine;

public sealed partial class LoadedProgram
{
    /// <summary>What each pass did to the program's graph, and the time it took; the graph is built when nobody has asked for it before.</summary>
    public IReadOnlyList<PassReport> PassReports => Graph.PassReports;

    /// <summary>The passes that go over its graph.</summary>
    internal PassOptions Passes { get; init; } = PassOptions.All;
}
