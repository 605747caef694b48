using System.Diagnostics;

namespace Headrace.Dataflow;

/// <summary>Runs the passes, in their order, until none finds anything more.</summary>
public static class PassPipeline
{
    /// <summary>Actors of a graph that passes still go over: some take more than their share of time in a larger one.</summary>
    /// <remarks>A hundred thousand instructions are ten times what the largest programs in use have; the kernel takes up to a million.</remarks>
    public const int MaxActors = 150_000;

    // The passes feed each other; what is not found after so many rounds is left.
    private const int MaxRounds = 4;

    /// <summary>Every pass, in the order in which they run.</summary>
    internal static readonly IPass[] All =
    [
        new InlineFunctions(),
        new ExpandChecksums(),
        new PromoteStack(),
        new FoldConstants(),
        new CombineShifts(),
        new CommonSubexpressions(),
        new ForwardMemory(),
        new MergeLoads(),
        new MergeStores(),
        new BulkCopies(),
        new ConstantElements(),
        new BoundsChecks(),
        new SimplifyBranches(),
        new ConvertBranches(),
        new InvariantDivisors(),
        new HoistInvariants(),
        new UnrollLoops(),
        new ReduceStrength(),
        new Narrow(),
        new DeadActors(),
        new ExpandHelpers(),
        new ConstantTailCalls(),
        new CombineCounters(),
    ];

    /// <summary>The names of the passes.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(pass => pass.Name)];

    /// <summary>Runs the passes over a graph; over none that has more than <see cref="MaxActors"/>, which stays as it was built.</summary>
    /// <returns>What each that was not disabled did, in their order.</returns>
    public static IReadOnlyList<PassReport> Run(Graph graph, PassOptions options)
    {
        IPass[] passes = [.. All.Where(pass => !options.Disabled.Contains(pass.Name))];
        var reports = passes.ToDictionary(pass => pass, pass => new PassReport(pass.Name, pass.Summary, 0, 0, 0, TimeSpan.Zero));
        // A pass that found nothing finds nothing again until another one has changed the graph.
        int version = 0;
        var idle = new Dictionary<IPass, int>();
        bool changed = Count(graph) <= MaxActors;
        for (int round = 0; changed && round < MaxRounds; round++)
        {
            changed = false;
            foreach (IPass pass in passes)
            {
                if (idle.TryGetValue(pass, out int seen) && seen == version)
                    continue;
                PassReport report = RunOne(graph, pass);
                version += report.Changes > 0 ? 1 : 0;
                idle[pass] = version - (report.Changes > 0 ? 1 : 0);
                PassReport sum = reports[pass];
                reports[pass] = sum with
                {
                    Changes = sum.Changes + report.Changes,
                    ActorsBefore = sum.ActorsBefore + report.ActorsBefore,
                    ActorsAfter = sum.ActorsAfter + report.ActorsAfter,
                    Time = sum.Time + report.Time,
                };
                changed |= report.Changes > 0;
            }
        }
        GraphAnalysis.FindLiveBits(graph);
        return graph.PassReports = [.. passes.Select(pass => reports[pass])];
    }

    /// <summary>Runs one pass once.</summary>
    internal static PassReport RunOne(Graph graph, IPass pass)
    {
        int before = Count(graph);
        long start = Stopwatch.GetTimestamp();
        int changes = pass.Run(graph);
        if (changes > 0)
        {
            Cleaning.Run(graph);
            GraphAnalysis.Run(graph);
        }
        return new PassReport(pass.Name, pass.Summary, changes, before, Count(graph), Stopwatch.GetElapsedTime(start));
    }

    private static int Count(Graph graph) => graph.List.Sum(function => function.List.Sum(block => block.List.Count));
}
