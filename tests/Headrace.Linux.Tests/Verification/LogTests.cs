using System.Text.RegularExpressions;
using Headrace.Objects;
using Headrace.Testing;
using Headrace.Verifier;

namespace Headrace.Linux.Tests.Verification;

/// <summary>The log of a verification reads as the kernel's does.</summary>
public partial class LogTests(ITestOutputHelper output)
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
        Assert.True(same >= all * 0.97, $"{same} of {all} lines are the kernel's");
    }

    // What only the kernel's second level says of its own analyses, its statistics, and addresses are not compared.
    private static string[] Lines(string log)
    {
        var lines = new List<string>();
        foreach (string line in log.Split('\n').Where(line => line.Length > 0 && !Internal().IsMatch(line)))
        {
            string text = Spaces().Replace(Address().Replace(line, "(18) $1 = 0x0"), " ;");
            // What was said in between moved the state of an instruction to a line of its own.
            if (lines.Count > 0 && Instruction().IsMatch(lines[^1]) && !lines[^1].Contains(';', StringComparison.Ordinal) && StateAlone().Match(text) is { Success: true } state)
                lines[^1] += " ; " + state.Groups[1].Value;
            else
                lines.Add(text);
        }
        return [.. lines];
    }

    [GeneratedRegex(@"^(mark_precise:|frame \d+: propagating|processed |func#|Live regs|SCC |\(| +[\d ]+: [\d.]{10} )")]
    private static partial Regex Internal();

    [GeneratedRegex(@"\(18\) (r\d) = 0x(?:ffff[0-9a-f]{12}|0)\b")]
    private static partial Regex Address();

    [GeneratedRegex(" +;")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"^\d+: \(")]
    private static partial Regex Instruction();

    [GeneratedRegex(@"^\d+: ((?:frame\d+: )?(?:R\d|fp).*)")]
    private static partial Regex StateAlone();

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
