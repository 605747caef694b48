using Headrace.Bytecode;
using Headrace.Dataflow;
using Headrace.Testing;

namespace Headrace.Engine.Tests.Helpers;

public unsafe class HelperTableTests
{
    [Fact]
    public void Every_prototype_has_a_function_for_both_policies_and_no_reason_against_it()
    {
        for (var id = (HelperId)1; (int)id < HelperNames.Count; id++)
        {
            bool expected = HelperPrototypes.Find(id) is not null && id != HelperId.TailCall;
            Assert.Equal(expected, HelperTable.TryGet(id, out HelperEntry checkedEntry));
            Assert.Equal(expected, HelperTable.TryGetTrusted(id, out HelperEntry trustedEntry));
            if (!expected)
                continue;
            Assert.Null(KernelOnlyHelpers.ReasonFor(id));
            Assert.Equal(checkedEntry.MethodName, checkedEntry.Method.Name);
            Assert.Equal(6, trustedEntry.Method.GetParameters().Length);
            Assert.NotEqual((nint)checkedEntry.Function, (nint)trustedEntry.Function);
        }
    }

    [Fact]
    public void Every_helper_has_its_behavior_written_down()
    {
        for (var id = (HelperId)1; (int)id < HelperNames.Count; id++)
        {
            Assert.True(HelperBehaviors.Has(id) == HelperTable.TryGet(id, out _), $"{id} is here or in the table of behaviors, not in both");
            if (!HelperBehaviors.Has(id))
                continue;
            HelperBehavior behavior = HelperBehaviors.Of(id);
            HelperPrototype prototype = HelperPrototypes.Find(id)!;
            bool callsBack = id != HelperId.TimerSetCallback && prototype.Arguments.Any(argument => argument.Kind == ArgumentKind.Function);
            Assert.True(callsBack == behavior.HasFlag(HelperBehavior.CallsBack), $"{id} takes a function or is said to call one, not both");
            if (prototype.ChangesPacket)
                Assert.True((behavior & (HelperBehavior.ChangesPacket | HelperBehavior.IsOpaque)) != 0, $"{id} changes the packet");
            if (prototype.Arguments.Any(argument => argument.Kind is ArgumentKind.Function or ArgumentKind.SpinLock or ArgumentKind.Timer or ArgumentKind.PointerSlot))
                Assert.True(behavior.HasFlag(HelperBehavior.IsOpaque), $"{id} takes what leads to any memory");
            if (prototype.Arguments.Any(argument => argument.Kind == ArgumentKind.AnyAddress))
                Assert.True(behavior.HasFlag(HelperBehavior.ReadsAnyMemory), $"{id} takes an address of whatever it may read");
            foreach (ProgramType type in (ProgramType[])[ProgramType.Xdp, ProgramType.SchedCls])
                Assert.True(HelperEffects.ArgumentCount(id, type) >= prototype.Arguments.Count(argument => argument.Kind != ArgumentKind.Context), $"graphs leave out arguments that {id} takes");
        }
        Assert.Equal(HelperBehavior.Anything, HelperBehaviors.Of(HelperId.GetCurrentTask));
    }

    [Fact]
    public void Every_helper_of_the_kernels_xdp_list_is_here_or_refused_with_a_reason()
    {
        Assert.SkipWhen(SharedData.Folder is null, "the shared data is not here");
        foreach (string name in File.ReadLines(Path.Combine(SharedData.Folder!, "xdp-helpers-6.18.txt")))
        {
            Assert.True(HelperNames.TryParse(name, out HelperId id), name);
            Assert.True(HelperPrototypes.Find(id) is not null || KernelOnlyHelpers.ReasonFor(id) is not null, $"{name} is neither here nor refused");
        }
    }

    [Theory]
    [InlineData(HelperId.GetCurrentTask, ProgramType.Xdp, "GPL", "bpf_get_current_task is only in the kernel: it works on the kernel's current task, and there is none")]
    [InlineData(HelperId.XdpAdjustHead, ProgramType.SchedCls, "GPL", "a program of type SchedCls cannot call bpf_xdp_adjust_head")]
    [InlineData(HelperId.TracePrintk, ProgramType.Xdp, "MIT", "bpf_trace_printk is for programs under a GPL-compatible licence, and this one's is 'MIT'")]
    [InlineData(HelperId.TracePrintk, ProgramType.Xdp, "Dual MIT/GPL", null)]
    public void Refusals_name_the_helper_and_the_reason(HelperId id, ProgramType type, string license, string? expected) =>
        Assert.Equal(expected, HelperRules.Refusal(id, type, license));
}
