using System.Globalization;
using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Linux.Tests.Differential;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Helpers;

public class HelperRulesTests
{
    public static readonly TheoryData<ProgramType> Types =
        [ProgramType.Xdp, ProgramType.SchedCls, ProgramType.SchedAct, ProgramType.SocketFilter, ProgramType.CgroupSkb];

    [Theory, MemberData(nameof(Types))]
    public void Each_helper_is_for_the_programs_that_the_kernel_lets_call_it(ProgramType type)
    {
        RequiresKernel.OrSkip();
        var wrong = new List<string>();
        for (int number = 1; number < HelperNames.Count; number++)
        {
            var id = (HelperId)number;
            string log = LogOf(id, type, "GPL");
            bool kernelHas = !log.Contains("cannot use helper", StringComparison.Ordinal) && !log.Contains("unknown func", StringComparison.Ordinal);
            bool onlyForGpl = kernelHas && LogOf(id, type, "Proprietary").Contains("GPL", StringComparison.Ordinal);

            string? refusal = Refusal(id, type, "GPL");
            bool isKernelOnly = refusal is not null && refusal.Contains("only the kernel has it", StringComparison.Ordinal);
            if (kernelHas ? refusal is not null && !isKernelOnly : refusal is null)
                wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{id} for {type}: the kernel {(kernelHas ? "has" : "refuses")} it, we say: {refusal ?? "fine"}"));
            if (kernelHas && !isKernelOnly && onlyForGpl != (Refusal(id, type, "Proprietary") is not null))
                wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{id} for {type}: GPL only is {onlyForGpl} in the kernel"));
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static string LogOf(HelperId id, ProgramType type, string license)
    {
        try
        {
            using KernelProgram program = KernelProgram.Load(Spec(id, type, license), []);
            return "";
        }
        catch (KernelException refused)
        {
            return refused.Log;
        }
    }

    private static string? Refusal(HelperId id, ProgramType type, string license)
    {
        var spec = new CollectionSpec { Source = "rules" };
        spec.Programs.Add(Spec(id, type, license));
        try
        {
            Collection.Load(spec, new EngineOptions { Unverified = true }).Dispose();
            return null;
        }
        catch (HeadraceException refused)
        {
            return refused.Message;
        }
    }

    private static ProgramSpec Spec(HelperId id, ProgramType type, string license) => new()
    {
        Name = "rules",
        Type = type,
        License = license,
        Instructions = [Code.Call(id), Code.Mov(Register.R0, 0L), Code.Exit],
    };
}
