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

    private static KernelVerdict Ask(ProgramType type, string text, TrialMaps maps) => KernelVerdict.Of(type, Assembler.Assemble(text, maps.IndexOf),
        type switch { ProgramType.SkMsg => AttachType.SkMsgVerdict, ProgramType.FlowDissector => AttachType.FlowDissector, _ => default }, maps.Maps);
}
