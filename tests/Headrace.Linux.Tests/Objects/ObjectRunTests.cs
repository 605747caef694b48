using Headrace.Objects;
using Headrace.Testing;

namespace Headrace.Linux.Tests.Objects;

/// <summary>Every committed program answers the same on every engine and in the kernel: verdict, bytes, maps.</summary>
public class ObjectRunTests(ITestOutputHelper output)
{
    public static TheoryData<string> Objects() => [.. Repository.ProgramObjects.Select(path => Path.GetFileName(path))];

    [Theory, MemberData(nameof(Objects))]
    public void Agrees_on_generated_traffic(string name)
    {
        RequiresKernel.OrSkip();
        Compare(name, [Traffic.Generated]);
    }

    [Theory, MemberData(nameof(Objects))]
    public void Agrees_on_every_capture(string name)
    {
        RequiresKernel.OrSkip();
        Compare(name, SharedData.Captures());
    }

    private void Compare(string name, IReadOnlyList<string> sources)
    {
        ObjectSetup setup = ObjectSetup.Of(name);
        CollectionSpec Load()
        {
            CollectionSpec spec = ObjectFiles.Load(name);
            setup.Prepare(spec);
            return spec;
        }

        using IDisposable pin = Processors.Pin(out int processor);
        foreach (string program in Load().Programs.Where(program => program.AutoLoad).Select(program => program.Name))
        {
            using var trial = new ObjectTrial(Load, program, setup.Incomparable.Keys, processor);
            foreach (string source in sources)
            {
                string? difference = trial.Run(Traffic.Read(source));
                Assert.True(difference is null, $"{name}, program '{program}', {Path.GetFileName(source)}: {difference}");
            }
            Assert.True(trial.Compared > 0, $"no packet of {sources.Count} sources was taken");
            output.WriteLine($"{program}: {trial.Compared} packets compared, {trial.Untaken} of a length the kernel's test run does not take; "
                + $"verdicts {string.Join(", ", trial.Verdicts.Select(verdict => $"{verdict.Key}: {verdict.Value}"))}");
        }
    }
}
