using Headrace.Objects;
using Headrace.Testing;
using Headrace.Verifier;

namespace Headrace.Linux.Tests.Verification;

/// <summary>The log of a verification reads as the kernel's does.</summary>
public class LogTests(ITestOutputHelper output)
{
    // Logs of programs that walk more are megabytes of the same.
    private const int LongestWalk = 1000;

    [Fact]
    public void The_log_of_a_path_is_the_kernels()
    {
        RequiresKernel.OrSkip();
        int same = 0, all = 0;
        foreach (string path in Directory.GetFiles(Repository.Programs, "*.bpf.o").Order(StringComparer.Ordinal))
        {
            CollectionSpec spec = CollectionSpec.Load(path);
            using KernelCollection kernel = KernelCollection.Load(spec, new KernelLoadOptions { Programs = [] });
            KernelMap[] maps = [.. spec.Maps.Select(map => kernel.Maps[map.Name])];
            using KernelBtf? types = spec.Types is { } btf ? KernelBtf.Load(btf.KernelForm.Span, spec.Source) : null;
            foreach (ProgramSpec program in spec.Programs.Where(program => program.AutoLoad))
            {
                VerifierResult result = ProgramVerifier.Verify(spec, program, new VerifierOptions { LogLevel = 2 });
                if (result.Processed > LongestWalk)
                    continue;
                using KernelProgram loaded = KernelProgram.Load(program, maps, types, types is null ? null : new BtfStrings(spec.Types!.Raw.Span), logLevel: 2);
                string[] theirs = Lines(loaded.Log), ours = Lines(result.Log.ToString());
                int equal = CommonLines(theirs, ours);
                (same, all) = (same + equal, all + theirs.Length);
                output.WriteLine($"{Path.GetFileName(path)} {program.Name}: {equal} of {theirs.Length} lines, {ours.Length} here");
                if (Environment.GetEnvironmentVariable("HEADRACE_LOGS") is { } folder)
                {
                    File.WriteAllText(Path.Combine(folder, $"{program.Name}.kernel"), string.Join('\n', theirs));
                    File.WriteAllText(Path.Combine(folder, $"{program.Name}.ours"), string.Join('\n', ours));
                }
            }
        }
        output.WriteLine($"{same} of {all} lines");
        Assert.True(all > 1000);
        Assert.True(same >= all * 0.9, $"{same} of {all} lines are the kernel's");
    }

    // What only the kernel's second level says of its own analyses, and its statistics, are not compared.
    private static string[] Lines(string log) => [.. log.Split('\n').Where(line => line.Length > 0 && !IsInternal(line))];

    private static bool IsInternal(string line) => line.StartsWith("mark_precise:", StringComparison.Ordinal) || line.StartsWith("processed ", StringComparison.Ordinal)
        || line.StartsWith("func#", StringComparison.Ordinal) || line.StartsWith("Live regs", StringComparison.Ordinal) || line.StartsWith('(') || IsLiveness(line);

    private static bool IsLiveness(string line)
    {
        string trimmed = line.TrimStart();
        int colon = trimmed.IndexOf(':', StringComparison.Ordinal);
        return line.StartsWith(' ') && colon > 0 && trimmed.Length > colon + 12 && trimmed.AsSpan(colon + 2, 10).IndexOfAnyExcept("0123456789.") < 0;
    }

    private static int CommonLines(string[] a, string[] b)
    {
        var previous = new int[b.Length + 1];
        foreach (string line in a)
        {
            var row = new int[b.Length + 1];
            for (int j = 1; j <= b.Length; j++)
                row[j] = line == b[j - 1] ? previous[j - 1] + 1 : Math.Max(previous[j], row[j - 1]);
            previous = row;
        }
        return previous[b.Length];
    }
}
