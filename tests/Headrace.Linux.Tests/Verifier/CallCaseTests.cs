using Headrace.Bytecode;
using Headrace.Testing;
using Headrace.Verifier;

namespace Headrace.Linux.Tests.Verifier;

/// <summary>The programs of <c>calls.cases</c>: Headrace's verdict and last message against the running kernel's.</summary>
public class CallCaseTests
{
    [Fact]
    public void Every_case_is_judged_as_the_kernel_judges_it()
    {
        RequiresKernel.OrSkip();
        using var maps = TrialMaps.Create();
        var differences = new List<string>();
        int count = 0, accepted = 0;
        foreach ((ProgramType type, string title, string text) in Cases())
        {
            KernelVerdict kernel = KernelVerdict.Of(type, Assembler.Assemble(text, maps.IndexOf), maps: maps.Maps);
            VerifierResult ours = maps.Verify(type, text);
            count++;
            accepted += kernel.IsAccepted ? 1 : 0;
            if (ours.IsAccepted != kernel.IsAccepted || ours.LastLine != kernel.Message)
                differences.Add($"{type}: {title}: {(ours.IsAccepted ? "accepted" : ours.LastLine)}, kernel: {(kernel.IsAccepted ? "accepts" : kernel.Message)}");
        }
        Assert.InRange(accepted, 20, count - 20);
        Assert.True(differences.Count == 0, string.Join('\n', [$"{count} cases", .. differences]));
    }

    private static IEnumerable<(ProgramType Type, string Title, string Text)> Cases()
    {
        string file = File.ReadAllText(Path.Combine(Repository.Root, "tests", "Headrace.Linux.Tests", "Verifier", "calls.cases"));
        foreach (string part in file.Split("\n== ").Skip(1))
        {
            string head = part[..part.IndexOf('\n', StringComparison.Ordinal)];
            int colon = head.IndexOf(':', StringComparison.Ordinal);
            yield return (Enum.Parse<ProgramType>(head[..colon]), head[(colon + 2)..], part[(head.Length + 1)..]);
        }
    }
}
