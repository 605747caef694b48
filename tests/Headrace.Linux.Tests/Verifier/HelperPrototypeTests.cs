using Headrace.Bytecode;
using Headrace.Linux.Tests.Differential;
using Headrace.Verifier;

namespace Headrace.Linux.Tests.Verifier;

/// <summary>The table of helpers against the running kernel: who may call what, and under which licence.</summary>
public class HelperPrototypeTests
{
    private static readonly (ProgramType Type, AttachType AttachType)[] s_types =
    [
        (ProgramType.SocketFilter, default), (ProgramType.Kprobe, default), (ProgramType.SchedCls, default), (ProgramType.SchedAct, default),
        (ProgramType.Tracepoint, default), (ProgramType.Xdp, AttachType.Xdp), (ProgramType.PerfEvent, default), (ProgramType.CgroupSkb, default),
        (ProgramType.CgroupSock, AttachType.CgroupInetSockCreate), (ProgramType.LwtIn, default), (ProgramType.LwtOut, default), (ProgramType.LwtXmit, default),
        (ProgramType.SockOps, AttachType.CgroupSockOps), (ProgramType.SkSkb, default), (ProgramType.CgroupDevice, AttachType.CgroupDevice),
        (ProgramType.SkMsg, AttachType.SkMsgVerdict), (ProgramType.RawTracepoint, default), (ProgramType.CgroupSockAddr, AttachType.CgroupInet4Connect),
        (ProgramType.LwtSeg6local, default), (ProgramType.SkReuseport, AttachType.SkReuseportSelect), (ProgramType.FlowDissector, AttachType.FlowDissector),
        (ProgramType.CgroupSysctl, AttachType.CgroupSysctl), (ProgramType.RawTracepointWritable, default), (ProgramType.CgroupSockopt, AttachType.CgroupGetsockopt),
        (ProgramType.SkLookup, AttachType.SkLookup), (ProgramType.Netfilter, AttachType.Netfilter),
    ];

    [Fact]
    public void Every_helper_is_open_to_the_program_types_and_licences_the_kernel_opens_it_to()
    {
        RequiresKernel.OrSkip();
        var differences = new List<string>();
        for (int id = 1; id < HelperNames.Count; id++)
        {
            foreach ((ProgramType type, AttachType attachType) in s_types)
            {
                HelperPrototype? ours = HelperPrototypes.Find((HelperId)id, type);
                Instruction[] code = [Code.Call((HelperId)id), Code.Mov(Register.R0, 0L), Code.Exit];
                string kernel = KernelVerdict.Of(type, code, attachType, license: "Proprietary").Message;
                bool isRefused = kernel.StartsWith("program of this type cannot use helper", StringComparison.Ordinal);
                bool isGpl = kernel.Contains("GPL-restricted", StringComparison.Ordinal);
                bool sleeps = kernel.Contains("might sleep", StringComparison.Ordinal);
                if (isRefused != ours is null)
                    differences.Add($"{type} calls {(HelperId)id}: {(ours is null ? "no" : "yes")}, kernel: {kernel}");
                else if (ours is not null && isGpl != ours.Has(HelperMarks.GplOnly))
                    differences.Add($"{type} calls {(HelperId)id}: {ours.Marks}, kernel: {kernel}");
                else if (ours is not null && !isGpl && sleeps != ours.Has(HelperMarks.MightSleep))
                    differences.Add($"{type} calls {(HelperId)id}: {ours.Marks}, kernel: {kernel}");
            }
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }
}
