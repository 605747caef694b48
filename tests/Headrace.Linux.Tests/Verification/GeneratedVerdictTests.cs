using Headrace.Bytecode;
using Headrace.Linux.Tests.Differential;
using Headrace.Linux.Tests.Verification.Typed;
using Headrace.Linux.Tests.Verifier;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Verification;

/// <summary>Random programs and their mutants, another seed each run: the verdict here is the kernel's.</summary>
/// <remarks>
/// 20,000 programs a run, 1,000,000 with <c>--long</c>. <c>HEADRACE_SEED</c> and <c>HEADRACE_PROGRAMS</c> repeat some of them;
/// <c>HEADRACE_LOGS</c> names a folder for both logs of every program whose verdicts differ.
/// </remarks>
public class GeneratedVerdictTests(ITestOutputHelper output)
{
    private const int MutantsEach = 9;
    private const int LongFactor = 50;

    [Fact]
    public void Valid_programs_and_their_mutants_get_the_kernels_verdict()
    {
        RequiresKernel.OrSkip();
        List<KernelMap> maps = [.. RandomMaps.Specs().Select(spec => KernelMap.Create(spec))];
        Compare(400, seed =>
        {
            CollectionSpec spec = ProgramGenerator.Generate(seed, 20).ToSpec();
            return (spec, spec.Programs[0]);
        }, maps);
        maps.ForEach(map => map.Dispose());
    }

    [Fact]
    public void Careless_programs_and_their_mutants_get_the_kernels_verdict()
    {
        RequiresKernel.OrSkip();
        using var maps = TrialMaps.Create();
        var collection = new CollectionSpec { Source = "typed", License = "GPL" };
        foreach (MapSpec map in maps.Specs)
            collection.Maps.Add(map);
        Compare(1600, seed => (collection, TypedProgram.Generate(seed, maps)), maps.Maps);
    }

    private void Compare(int programs, Func<ulong, (CollectionSpec, ProgramSpec)> generate, IReadOnlyList<KernelMap> maps)
    {
        ulong first = Setting("HEADRACE_SEED") ?? (ulong)Environment.TickCount64 * 1_000_003;
        ulong count = Setting("HEADRACE_PROGRAMS") ?? (ulong)programs * (Environment.GetEnvironmentVariable("HEADRACE_LONG") is null ? 1UL : LongFactor);
        var tally = new VerdictTally();
        for (ulong seed = first; seed < first + count; seed++)
        {
            (CollectionSpec spec, ProgramSpec program) = generate(seed);
            tally.Compare(spec, program, maps, $"seed {seed}");
            Instruction[] original = program.Instructions;
            for (int i = 0; i < MutantsEach; i++)
            {
                program.Instructions = ProgramMutator.Mutate(original, new SeededRandom(seed * 1000 + (ulong)i));
                tally.Compare(spec, program, maps, $"seed {seed} mutant {i}");
            }
        }
        string report = $"seeds {first} to {first + count - 1}: {tally}";
        output.WriteLine(report);
        Assert.True(tally.FalseAccepts == 0, report);
        Assert.True(tally.FalseRejects * 1000 <= tally.Compared * 3, report);
        // A run of one seed is for looking at it.
        if (count >= 50)
            Assert.True(tally.SameMessage * 10 >= tally.KernelRejects * 9, report);
    }

    private static ulong? Setting(string name) =>
        Environment.GetEnvironmentVariable(name) is { } text ? ulong.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : null;
}
