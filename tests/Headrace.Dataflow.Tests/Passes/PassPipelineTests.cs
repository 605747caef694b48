using Headrace.Verifier;

namespace Headrace.Dataflow.Tests.Passes;

public class PassPipelineTests
{
    [Fact]
    public void Every_pass_leaves_every_program_sound()
    {
        foreach (var (spec, program, verified) in Graphs.Committed())
        {
            foreach (VerifiedProgram? proved in (VerifiedProgram?[])[null, verified])
            {
                Graph graph = Graph.Build(spec, program, proved);
                for (int round = 0; round < 3; round++)
                {
                    foreach (IPass pass in PassPipeline.All)
                    {
                        PassPipeline.RunOne(graph, pass);
                        Assert.True(GraphCheck.Find(graph) is null, $"{spec.Source} {program.Name} after {pass.Name}: {GraphCheck.Find(graph)}");
                    }
                }
            }
        }
    }

    [Fact]
    public void Each_pass_finds_something_in_the_committed_programs_or_its_own_tests_alone()
    {
        var changes = PassPipeline.Names.ToDictionary(name => name, _ => 0);
        foreach (var (spec, program, verified) in Graphs.Committed())
        {
            foreach (PassReport report in PassPipeline.Run(Graph.Build(spec, program, verified), PassOptions.All))
                changes[report.Name] += report.Changes;
        }
        // clang hoists, shares and unrolls before us, and none of these programs divides in a loop, counts in an array that it does not read or sums up with csum_diff; the others must earn their keep.
        string[] idle = [.. changes.Where(change => change.Value == 0).Select(change => change.Key).Except(["hoist-invariants", "inline-functions", "invariant-divisors", "unroll-loops", "combine-counters", "expand-checksums"])];
        Assert.True(idle.Length == 0, $"without effect on any program: {string.Join(", ", idle)}");
    }

    [Fact]
    public void Switched_off_passes_are_not_reported()
    {
        var (spec, program, _) = Graphs.Committed().First();
        IReadOnlyList<PassReport> reports = PassPipeline.Run(Graph.Build(spec, program), PassOptions.Without("narrow"));
        Assert.Equal(PassPipeline.Names.Where(name => name != "narrow"), reports.Select(report => report.Name));
    }

    [Fact]
    public void An_unknown_name_is_refused_with_those_there_are() =>
        Assert.Contains("fold-constants", Assert.Throws<ArgumentException>(() => PassOptions.Without("fold")).Message, StringComparison.Ordinal);

    [Fact]
    public void Names_are_unique_and_each_has_its_tests()
    {
        Assert.Equal(PassPipeline.Names.Count, PassPipeline.Names.Distinct().Count());
        var tests = typeof(PassPipelineTests).Assembly.GetTypes().Select(type => type.Name).ToHashSet();
        Assert.All(PassPipeline.All, pass => Assert.Contains(pass.GetType().Name + "Tests", tests));
    }
}
