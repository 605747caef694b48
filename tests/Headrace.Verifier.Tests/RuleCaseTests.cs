using Headrace.Bytecode;
using Headrace.Objects;
using Headrace.Testing.Rules;

namespace Headrace.Verifier.Tests;

public class RuleCaseTests
{
    public static TheoryData<string> Cases => [.. RuleCase.Read("core.txt").Select(rule => rule.Name)];

    [Theory, MemberData(nameof(Cases))]
    public void A_rules_case_gets_its_verdict(string name)
    {
        RuleCase rule = RuleCase.Read("core.txt").Single(rule => rule.Name == name);
        var collection = new CollectionSpec { Source = "rule" };
        collection.Maps.Add(new MapSpec { Name = "array", Type = MapType.Array, KeySize = 4, ValueSize = 128, MaxEntries = 2 });
        collection.Maps.Add(new MapSpec { Name = "hash", Type = MapType.Hash, KeySize = 4, ValueSize = 16, MaxEntries = 8 });
        var program = new ProgramSpec
        {
            Name = "rule",
            Type = ProgramType.Xdp,
            License = "GPL",
            Instructions = Assembler.Assemble(rule.Text, map => map == "array" ? 0 : 1),
        };
        VerifierResult result = ProgramVerifier.Verify(collection, program);
        Assert.Equal(rule.Refusal, result.LastLine);
        Assert.Equal(rule.Refusal.Length == 0, result.IsAccepted);
    }
}
