using System.Diagnostics;
using Headrace.Testing;

namespace Headrace.Ports.Tests;

/// <summary>The committed objects are what their sources compile to.</summary>
public class CommittedObjectTests
{
    [Fact]
    public void Every_source_has_its_object_and_its_line_in_the_read_me()
    {
        string readMe = File.ReadAllText(Path.Combine(Repository.Programs, "README.md"));
        var sources = Directory.GetFiles(Repository.Programs, "*.bpf.c").Select(path => Path.GetFileName(path)[..^".bpf.c".Length]).Order(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(sources);
        Assert.Equal(sources, Repository.ProgramObjects.Select(path => Path.GetFileName(path)[..^".bpf.o".Length]));
        Assert.All(sources, name => Assert.Contains($"| `{name}` ", readMe, StringComparison.Ordinal));
    }

    [Fact]
    public void A_rebuild_with_the_same_compiler_makes_the_same_bytes()
    {
        string wanted = File.ReadAllText(Path.Combine(Repository.Programs, "clang-version")).Trim();
        string? present = Run("clang", "--version")?.Split('\n')[0].Trim();
        Assert.SkipWhen(present is null, $"clang is not here: the objects were compiled by {wanted}");
        Assert.SkipWhen(present != wanted, $"another compiler is here ({present}): the objects were compiled by {wanted}");
        Assert.SkipWhen(Run("llvm-strip", "--version") is null, "llvm-strip is not here");
        Assert.SkipUnless(File.Exists("/usr/include/bpf/bpf_helpers.h"), "libbpf's headers are not here (libbpf-dev)");
        string folder = Directory.CreateTempSubdirectory("headrace-objects-").FullName;
        try
        {
            // The benchmarks' lb_turns and router_turns include the sources of lb and router.
            foreach (string programs in (string[])[Repository.Programs, Path.Combine(Repository.Root, "bench", "programs")])
            {
                Assert.NotNull(Run(Path.Combine(programs, "build"), "-o", folder));
                foreach (string committed in Directory.GetFiles(programs, "*.bpf.o"))
                {
                    byte[] rebuilt = File.ReadAllBytes(Path.Combine(folder, Path.GetFileName(committed)));
                    Assert.True(rebuilt.AsSpan().SequenceEqual(File.ReadAllBytes(committed)), $"{committed} differs from its source: run {programs}/build");
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What a command printed; null when there is no such command. A command that fails, fails the test.</summary>
    private static string? Run(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{command} failed: {errors.Result}");
            return output;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
