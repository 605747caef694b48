using Headrace.Testing.Rules;

namespace Headrace.Verifier.Tests;

/// <summary>The rules' own cases: each gets the verdict, and the words, that Linux 6.18 has for it.</summary>
public class RuleCaseTests
{
    public static TheoryData<string> Files => [.. RuleCase.Files];

    [Theory, MemberData(nameof(Files))]
    public void Every_case_gets_its_verdict(string file)
    {
        var differences = new List<string>();
        foreach (RuleCase rule in RuleCase.Read(file))
        {
            VerifierResult result = ProgramVerifier.Verify(rule.ToCollection(), rule.Program);
            string said = RuleCase.RefusalOf(result.Error ?? "");
            if (!result.IsAccepted && said.Length == 0)
                said = $"(errno {result.Errno})";
            bool same = result.IsAccepted == (rule.Refusal.Length == 0) && (rule.IsVerdictOnly || said == rule.Refusal);
            if (!same)
                differences.Add($"{file}:{rule.Line}: {rule.Name}\n    expected: {Shown(rule.Refusal)}\n    said:     {(result.IsAccepted ? "accepted" : said)}");
        }
        Assert.True(differences.Count == 0, string.Join('\n', [$"{differences.Count} differences", .. differences]));
    }

    private static string Shown(string refusal) => refusal.Length == 0 ? "accepted" : refusal;

    [Fact]
    public void There_are_enough_of_them()
    {
        RuleCase[] cases = [.. RuleCase.Files.SelectMany(RuleCase.Read)];
        Assert.InRange(cases.Length, 1500, int.MaxValue);
        Assert.Empty(cases.GroupBy(rule => $"{rule.File}: {rule.Name}").Where(group => group.Count() > 1).Select(group => group.Key));
        // A case that is verified in other words is the exception.
        Assert.InRange(cases.Count(rule => rule.IsVerdictOnly), 0, cases.Length / 50);
    }
}
