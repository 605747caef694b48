using Headrace.Bytecode;
using Headrace.Verifier;

namespace Headrace.Linux.Tests.Verifier;

/// <summary>Calls of helpers: the prototypes against the running kernel.</summary>
public class HelperCallTests
{
    [Fact]
    public void The_kernel_takes_every_call_that_is_as_its_prototype_says()
    {
        RequiresKernel.OrSkip();
        using var maps = TrialMaps.Create();
        var differences = new List<string>();
        int count = 0;
        for (int id = 1; id < HelperNames.Count; id++)
        {
            foreach ((ProgramType type, HelperPrototype prototype) in CallTrials.TypesOf((HelperId)id))
            {
                KernelVerdict kernel = Ask(type, CallTrials.Text(prototype, type, CallTrials.MapFor((HelperId)id)), maps);
                count++;
                if (!kernel.IsAccepted)
                    differences.Add($"{type} {(HelperId)id}: {kernel.Message}");
            }
        }
        Assert.True(count > 700, $"only {count} calls were tried");
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void Maps_and_helpers_go_together_as_the_kernel_has_it()
    {
        RequiresKernel.OrSkip();
        using var maps = TrialMaps.Create();
        var differences = new List<string>();
        for (int id = 1; id < HelperNames.Count; id++)
        {
            foreach ((ProgramType type, HelperPrototype prototype) in CallTrials.TypesOf((HelperId)id))
            {
                if (prototype.Arguments.All(argument => argument.Kind != ArgumentKind.Map))
                    continue;
                for (int i = 0; i < maps.Specs.Count; i++)
                {
                    KernelVerdict kernel = Ask(type, CallTrials.Text(prototype, type, maps.Specs[i].Name), maps);
                    bool refused = kernel.Message.StartsWith("cannot pass map_type", StringComparison.Ordinal);
                    // Where another check comes first, nothing is told of the pair.
                    if (!kernel.IsAccepted && !refused)
                        continue;
                    if (refused == MapFunctionRules.Allows((HelperId)id, maps.Specs[i].Type, type))
                        differences.Add($"{type} {(HelperId)id} {maps.Specs[i].Type}: kernel: {kernel.Message}");
                }
            }
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void Every_call_with_one_argument_of_another_kind_is_judged_as_the_kernel_judges_it()
    {
        RequiresKernel.OrSkip();
        using var maps = TrialMaps.Create();
        var wrongVerdicts = new List<string>();
        var otherWords = new List<string>();
        int count = 0, accepted = 0;
        for (int id = 1; id < HelperNames.Count; id++)
        {
            foreach ((ProgramType type, HelperPrototype prototype) in CallTrials.TypesOf((HelperId)id).Take(2))
            {
                foreach ((int argument, (string Name, string Lines)? intruder) in Replacements(prototype, type))
                {
                    string text = CallTrials.Text(prototype, type, CallTrials.MapFor((HelperId)id), argument, intruder);
                    KernelVerdict kernel = Ask(type, text, maps);
                    VerifierResult ours = maps.Verify(type, text, AttachTypeOf(type));
                    count++;
                    accepted += kernel.IsAccepted ? 1 : 0;
                    string what = $"{type} {(HelperId)id} argument {argument + 1} {intruder?.Name}";
                    if (ours.IsAccepted != kernel.IsAccepted)
                        wrongVerdicts.Add($"{what}: {(ours.IsAccepted ? "accepted" : ours.LastLine)}, kernel: {(kernel.IsAccepted ? "accepts" : kernel.Message)}");
                    else if (ours.LastLine != kernel.Message && !(ours.LastLine.Length == 0 && kernel.Message.Contains(") call bpf_snprintf", StringComparison.Ordinal)))
                        otherWords.Add($"{what}: {ours.LastLine}, kernel: {kernel.Message}");
                }
            }
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} calls, {accepted} accepted, {wrongVerdicts.Count} other verdicts, {otherWords.Count} other words");
        Assert.True(wrongVerdicts.Count == 0 && otherWords.Count == 0, string.Join('\n', [$"{count} calls, {wrongVerdicts.Count} verdicts, {otherWords.Count} words", .. wrongVerdicts, "words:", .. otherWords]));
    }

    private static IEnumerable<(int Argument, (string Name, string Lines)? Intruder)> Replacements(HelperPrototype prototype, ProgramType type)
    {
        yield return (-1, null);
        for (int i = 0; i < prototype.Arguments.Length; i++)
        {
            foreach ((string Name, string Lines) intruder in CallTrials.Intruders(type))
                yield return (i, intruder);
        }
    }

    private static AttachType AttachTypeOf(ProgramType type) => type switch
    {
        ProgramType.SkMsg => AttachType.SkMsgVerdict,
        ProgramType.FlowDissector => AttachType.FlowDissector,
        _ => default,
    };

    private static KernelVerdict Ask(ProgramType type, string text, TrialMaps maps) => KernelVerdict.Of(type, Assembler.Assemble(text, maps.IndexOf),
        AttachTypeOf(type), maps.Maps);
}
