using System.Globalization;
using Headrace.Bytecode;
using Headrace.Linux.Tests.Differential;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Verification;

/// <summary>Random programs and their mutants: the verdict here is the kernel's.</summary>
public class GeneratedVerdictTests(ITestOutputHelper output)
{
    private const int Programs = 40;
    private const int MutantsEach = 9;

    [Fact]
    public void No_program_is_accepted_that_the_kernel_rejects()
    {
        RequiresKernel.OrSkip();
        List<KernelMap> maps = [.. RandomMaps.Specs().Select(spec => KernelMap.Create(spec))];
        var tally = new VerdictTally();
        int programs = int.Parse(Environment.GetEnvironmentVariable("HEADRACE_PROGRAMS") ?? Programs.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        ulong first = ulong.Parse(Environment.GetEnvironmentVariable("HEADRACE_SEED") ?? "1", CultureInfo.InvariantCulture);
        for (ulong seed = first; seed < first + (ulong)programs; seed++)
        {
            CollectionSpec spec = ProgramGenerator.Generate(seed, 20).ToSpec();
            ProgramSpec program = spec.Programs[0];
            tally.Compare(spec, program, maps, $"seed {seed}");
            Instruction[] original = program.Instructions;
            for (int i = 0; i < MutantsEach; i++)
            {
                program.Instructions = ProgramMutator.Mutate(original, new SeededRandom(seed * 1000 + (ulong)i));
                tally.Compare(spec, program, maps, $"seed {seed} mutant {i}");
            }
        }
        maps.ForEach(map => map.Dispose());
        output.WriteLine(tally.ToString());
        Assert.True(tally.FalseAccepts == 0, tally.ToString());
        Assert.True(tally.FalseRejects * 1000 <= tally.Compared * 3, tally.ToString());
    }
}
