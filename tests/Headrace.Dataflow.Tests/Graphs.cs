using Headrace.Bytecode;
using Headrace.Objects;
using Headrace.Testing;
using Headrace.Verifier;

namespace Headrace.Dataflow.Tests;

/// <summary>Graphs of programs in text and of committed objects.</summary>
internal static class Graphs
{
    /// <summary>The graph of plain eBPF without any pass.</summary>
    public static Graph Plain(string text) =>
        GraphBuilder.Build(new ProgramSpec { Name = "main", Type = ProgramType.Unspec, Instructions = Assembler.Assemble(text) }, [], isPlain: true);

    /// <summary>The graph of an XDP program in text, without any pass.</summary>
    public static Graph Xdp(string text, params MapSpec[] maps) => Xdp(text, maps, verify: false);

    /// <summary>The same with what the verifier proves of it; it has to accept it.</summary>
    public static Graph Verified(string text, params MapSpec[] maps) => Xdp(text, maps, verify: true);

    private static Graph Xdp(string text, MapSpec[] maps, bool verify)
    {
        var spec = new CollectionSpec { Source = "test", License = "GPL" };
        foreach (MapSpec map in maps)
            spec.Maps.Add(map);
        var program = new ProgramSpec
        {
            Name = "main",
            Type = ProgramType.Xdp,
            License = "GPL",
            Instructions = Assembler.Assemble(text, map => spec.Maps.Contains(map) ? spec.Maps.IndexOf(spec.Maps[map]) : null),
        };
        spec.Programs.Add(program);
        if (!verify)
            return Graph.Build(spec, program);
        VerifierResult result = ProgramVerifier.Verify(spec, program);
        Assert.True(result.IsAccepted, result.LastLine);
        return Graph.Build(spec, program, result.Program);
    }

    /// <summary>A map for programs in text.</summary>
    public static MapSpec Map(string name, MapType type = MapType.Hash, uint keySize = 4, uint valueSize = 8) =>
        new() { Name = name, Type = type, KeySize = keySize, ValueSize = valueSize, MaxEntries = 16 };

    /// <summary>Every program of every committed object with what is proved of it.</summary>
    public static IEnumerable<(CollectionSpec Spec, ProgramSpec Program, VerifiedProgram? Verified)> Committed()
    {
        foreach (string path in Repository.ProgramObjects)
        {
            var spec = CollectionSpec.Load(path);
            foreach (ProgramSpec program in spec.Programs.Where(program => program.Type == ProgramType.Xdp))
                yield return (spec, program, ProgramVerifier.Verify(spec, program).Program);
        }
    }

    /// <summary>The actors of a kind in the program's own function.</summary>
    public static Actor[] Of(Graph graph, ActorKind kind) => [.. graph.Main.Actors.Where(actor => actor.Kind == kind)];

    /// <summary>The only actor of a kind.</summary>
    public static Actor Only(Graph graph, ActorKind kind) => Assert.Single(Of(graph, kind));

    /// <summary>Runs one pass until it changes nothing more, and checks the graph.</summary>
    /// <returns>How many places it changed.</returns>
    public static int Apply(Graph graph, string pass)
    {
        IPass found = PassPipeline.All.First(other => other.Name == pass);
        int changes = 0;
        for (int round = 0; round < 8; round++)
        {
            int more = PassPipeline.RunOne(graph, found).Changes;
            Assert.Null(GraphCheck.Find(graph));
            changes += more;
            if (more == 0)
                break;
        }
        return changes;
    }
}
