using System.Collections.Concurrent;
using System.Globalization;

namespace Headrace.Linux.Tests.Differential;

/// <summary>The heart of correctness: random valid programs do the same on every engine and in the kernel.</summary>
/// <remarks>
/// Every run draws other programs and prints the first seed. <c>HEADRACE_SEED</c> sets it and runs that program alone, or as many as
/// <c>HEADRACE_PROGRAMS</c> says.
/// </remarks>
public class RandomProgramTests(ITestOutputHelper output)
{
    private const ulong DefaultPrograms = 10_000;
    private const ulong LongPrograms = 200_000;
    internal const int Statements = 20;
    private const double MaxRefusedShare = 0.1;

    [Fact]
    public void Random_programs_do_the_same_everywhere()
    {
        RequiresKernel.OrSkip();
        ulong? seed = Number("HEADRACE_SEED");
        ulong first = seed ?? (ulong)Random.Shared.NextInt64();
        int count = (int)(Number("HEADRACE_PROGRAMS") ?? (seed is null ? DefaultCount() : 1));
        output.WriteLine($"{count} random programs from seed {first} on");

        int refused = 0;
        var failures = new ConcurrentQueue<string>();
        Parallel.ForEach(Partitioner.Create(0, count, Math.Max(1, count / (4 * Environment.ProcessorCount))), range =>
        {
            using var trial = new RandomTrial();
            for (int i = range.Item1; i < range.Item2 && failures.IsEmpty; i++)
            {
                if (!Try(trial, first + (ulong)i, failures))
                    Interlocked.Increment(ref refused);
            }
        });
        output.WriteLine($"{refused} of {count} refused by the kernel");
        Assert.True(failures.IsEmpty, string.Join("\n\n", failures));
        Assert.True(refused <= count * MaxRefusedShare, $"the kernel refused {refused} of {count} programs: too few were compared");
    }

    private static bool Try(RandomTrial trial, ulong seed, ConcurrentQueue<string> failures)
    {
        RandomProgram program = ProgramGenerator.Generate(seed, Statements);
        try
        {
            if (trial.Difference(program) is not { } difference)
                return true;
            (RandomProgram smallest, string why) = Shrinker.Shrink(trial, program, difference);
            failures.Enqueue(Shrinker.Story(smallest, why));
            return true;
        }
        catch (KernelException error) when (error.Call == "BPF_PROG_LOAD")
        {
            return false;
        }
    }

    private static ulong DefaultCount() => Environment.GetEnvironmentVariable("HEADRACE_LONG") == "1" ? LongPrograms : DefaultPrograms;

    private static ulong? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? ulong.Parse(text, CultureInfo.InvariantCulture) : null;
}
