using Headrace.Bytecode;
using Headrace.Linux.Tests.Differential;
using Headrace.Objects;
using Headrace.Testing.Rules;

namespace Headrace.Linux.Tests.Verification;

/// <summary>What the rules' cases expect is what this kernel says.</summary>
public class RuleCaseTests(ITestOutputHelper output)
{
    [Fact]
    public void The_kernel_says_what_the_cases_expect()
    {
        RequiresKernel.OrSkip();
        List<KernelMap> maps = [.. RandomMaps.Specs().Select(spec => KernelMap.Create(spec))];
        var differences = new List<string>();
        foreach (RuleCase rule in RuleCase.Read("core.txt"))
        {
            var program = new ProgramSpec
            {
                Name = "rule",
                Type = ProgramType.Xdp,
                License = "GPL",
                Instructions = Assembler.Assemble(rule.Text, name => name == "array" ? 0 : 1),
            };
            string said = "";
            try
            {
                KernelProgram.Load(program, maps).Dispose();
            }
            catch (KernelException error)
            {
                said = VerdictTally.LastMessage(error.Log);
            }
            output.WriteLine($"{rule.Name}|{said}");
            if (said != rule.Refusal)
                differences.Add($"{rule.Name}: expected '{rule.Refusal}', the kernel says '{said}'");
        }
        maps.ForEach(map => map.Dispose());
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }
}
