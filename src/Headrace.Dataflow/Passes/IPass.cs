namespace Headrace.Dataflow;

/// <summary>A named step that makes a graph better and never changes what it does.</summary>
/// <remarks>Adding one: its file, its test, and a line in <see cref="PassPipeline.All"/>.</remarks>
internal interface IPass
{
    /// <summary>Its name, which is its switch too.</summary>
    string Name { get; }

    /// <summary>What it does, in a line.</summary>
    string Summary { get; }

    /// <summary>Goes over a graph that is clean and analysed (<see cref="GraphAnalysis"/>); both are done again afterwards.</summary>
    /// <returns>How many places it changed.</returns>
    int Run(Graph graph);
}
