using System.Collections.Concurrent;
using System.Globalization;
using Headrace.Bytecode;
using Headrace.Linux.Tests.Differential;
using Headrace.Linux.Tests.Verification;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Soundness;

/// <summary>What is proved of accepted programs holds in every run: random programs and their accepted mutants, random packets and map contents.</summary>
/// <remarks>
/// Every run draws other programs and prints the first seed. <c>HEADRACE_SEED</c> sets it and runs that program alone, or as many as
/// <c>HEADRACE_PROGRAMS</c> says.
/// </remarks>
public class GeneratedSoundnessTests(ITestOutputHelper output)
{
    private const int RunsEach = 64;
    private const int NormalPrograms = 800; // 51,200 runs
    private const int LongPrograms = 80_000; // 5,120,000 runs
    private const int Statements = 20;

    [Fact]
    public void Every_value_lies_in_what_was_proved_for_it()
    {
        ulong? seed = Number("HEADRACE_SEED");
        ulong first = seed ?? (ulong)Random.Shared.NextInt64();
        bool isLong = Environment.GetEnvironmentVariable("HEADRACE_LONG") == "1";
        int count = (int)(Number("HEADRACE_PROGRAMS") ?? (seed is not null ? 1UL : (ulong)(isLong ? LongPrograms : NormalPrograms)));
        output.WriteLine($"{count} programs from seed {first} on");
        var failures = new ConcurrentQueue<string>();
        long runs = 0, instructions = 0, checks = 0, refused = 0;
        Parallel.ForEach(Partitioner.Create(0, count, Math.Max(1, count / (4 * Environment.ProcessorCount))), range =>
        {
            using var trial = new SoundnessTrial();
            for (int i = range.Item1; i < range.Item2 && failures.Count < 3; i++)
            {
                ulong own = first + (ulong)i;
                CollectionSpec spec = Program(own);
                if (trial.Violation(spec, own, RunsEach) is { } violation)
                    failures.Enqueue($"seed {own}: {violation}\n{Listing(spec.Programs[0].Instructions)}");
            }
            Interlocked.Add(ref runs, trial.Runs);
            Interlocked.Add(ref instructions, trial.Instructions);
            Interlocked.Add(ref checks, trial.Checks);
            Interlocked.Add(ref refused, trial.Refused);
        });
        output.WriteLine($"{runs} runs of {count - refused} programs, {refused} refused; {instructions} instructions, {checks} registers compared");
        Assert.True(failures.IsEmpty, string.Join("\n\n", failures));
        Assert.True(refused * 2 < count || count < 10, $"{refused} of {count} programs were refused: too few were run");
    }

    // Every third is a mutant: refused mostly, and where not, at the border of what is accepted.
    private static CollectionSpec Program(ulong seed)
    {
        CollectionSpec spec = ProgramGenerator.Generate(seed, Statements).ToSpec();
        if (seed % 3 == 0)
            spec.Programs[0].Instructions = ProgramMutator.Mutate(spec.Programs[0].Instructions, new SeededRandom(~seed));
        return spec;
    }

    private static string Listing(Instruction[] code) =>
        string.Join('\n', code.Select((instruction, slot) => $"{slot}: {Disassembler.Format(instruction, slot)}"));

    private static ulong? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? ulong.Parse(text, CultureInfo.InvariantCulture) : null;
}
