using Headrace.Bytecode;
using Headrace.Objects;
using Headrace.Verifier;

namespace Headrace.Dataflow;

/// <summary>Builds a program's graph: the function at slot 0 and every function that is called, or whose address is taken.</summary>
internal static class GraphBuilder
{
    /// <summary>Builds the graph.</summary>
    /// <exception cref="BytecodeException">An instruction has no meaning in a graph.</exception>
    public static Graph Build(ProgramSpec program, IReadOnlyList<GraphMap> maps, bool isPlain, VerifiedProgram? verified = null)
    {
        var graph = new Graph(program, maps, isPlain) { Verified = verified };
        var open = new Queue<int>([0]);
        var known = new HashSet<int> { 0 };
        int length = 0;
        while (open.TryDequeue(out int start))
        {
            var function = new GraphFunction(graph, NameOf(program, start), start);
            graph.List.Add(function);
            var shape = FlowShape.Of(program.Instructions, start, verified);
            // Functions of a valid program have no instruction in common: together they are no longer than it.
            length += shape.Length;
            if (length > program.Instructions.Length)
                throw new BytecodeException(start, "the function runs into another");
            new FunctionBuilder(function, shape).Build();
            foreach (int callee in shape.Functions)
            {
                if (known.Add(callee))
                    open.Enqueue(callee);
            }
        }
        Cleaning.Run(graph);
        GraphAnalysis.Run(graph);
        GraphAnalysis.FindLiveBits(graph);
        return graph;
    }

    private static string NameOf(ProgramSpec program, int start) =>
        program.Functions.FirstOrDefault(function => function.Start == start)?.Name ?? (start == 0 ? program.Name : $"function_{start}");
}
