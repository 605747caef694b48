using Headrace.Bytecode;
using static Headrace.Verifier.Arguments;
using static Headrace.Verifier.HelperMarks;
using static Headrace.Verifier.ProgramSets;
using static Headrace.Verifier.ReturnKind;

namespace Headrace.Verifier;

/// <summary>Helpers that every program may need: time, numbers, text, the current task, other memory.</summary>
internal static class SystemHelpers
{
    /// <summary>The prototypes.</summary>
    public static readonly HelperPrototype[] All =
    [
        Of(HelperId.KtimeGetNs, ProgramSets.All, []),
        Of(HelperId.KtimeGetBootNs, ProgramSets.All, []),
        Of(HelperId.KtimeGetCoarseNs, ProgramSets.All & ~(Tracing | CgroupDevice | CgroupSockopt | Netfilter), []),
        Of(HelperId.KtimeGetTaiNs, ProgramSets.All, []),
        Of(HelperId.Jiffies64, ProgramSets.All, []),
        Of(HelperId.GetPrandomU32, ProgramSets.All, []),
        Of(HelperId.GetSmpProcessorId, ProgramSets.All, []),
        Of(HelperId.GetNumaNodeId, ProgramSets.All, []),
        Of(HelperId.TracePrintk, ProgramSets.All, [In, Size], marks: GplOnly),
        Of(HelperId.TraceVprintk, ProgramSets.All, [In, Size, InOrNull, SizeOrZero], marks: GplOnly),
        Of(HelperId.Snprintf, ProgramSets.All, [OutOrNull, SizeOrZero, ConstantString, InOrNull, SizeOrZero], marks: GplOnly),
        Of(HelperId.SnprintfBtf, ProgramSets.All, [InOut, Size, In, Size, Any]),
        Of(HelperId.Strtol, ProgramSets.All, [In, Size, Any, Long]),
        Of(HelperId.Strtoul, ProgramSets.All, [In, Size, Any, Long]),
        Of(HelperId.Strncmp, ProgramSets.All, [In, Size, ConstantString]),
        Of(HelperId.Loop, ProgramSets.All, [Any, Function, StackOrNull, Any]),
        Of(HelperId.GetCurrentPidTgid, ProgramSets.All, []),
        Of(HelperId.GetCurrentUidGid, ProgramSets.All, []),
        Of(HelperId.GetCurrentComm, ProgramSets.All, [Out, Size]),
        Of(HelperId.GetCgroupClassid, Tc | Lwt, [Context]),
        Of(HelperId.GetCgroupClassid, ProgramSets.All & ~(Tc | Lwt), []),
        Of(HelperId.GetCurrentTask, ProgramSets.All, [], marks: GplOnly),
        Of(HelperId.GetCurrentTaskBtf, ProgramSets.All, [], TrustedObject, GplOnly, type: "task_struct"),
        Of(HelperId.GetCurrentCgroupId, ProgramSets.All, []),
        Of(HelperId.GetCurrentAncestorCgroupId, ProgramSets.All, [Any]),
        Of(HelperId.GetNsCurrentPidTgid, ProgramSets.All, [Any, Any, Out, Size]),
        Of(HelperId.GetTaskStack, ProgramSets.All, [KernelObject, Out, SizeOrZero, Any], type: "task_struct"),
        Of(HelperId.TaskPtRegs, ProgramSets.All, [KernelObject], TrustedObject, GplOnly, type: "pt_regs"),
        Of(HelperId.FindVma, ProgramSets.All, [KernelObject, Any, Function, StackOrNull, Any], type: "task_struct"),
        Of(HelperId.SendSignal, ProgramSets.All, [Any]),
        Of(HelperId.SendSignalThread, ProgramSets.All, [Any]),
        Of(HelperId.ProbeRead, Tracing, [Out, SizeOrZero, Any], marks: GplOnly),
        Of(HelperId.ProbeReadStr, Tracing, [Out, SizeOrZero, Any], marks: GplOnly),
        Of(HelperId.ProbeReadUser, ProgramSets.All, [Out, SizeOrZero, Any], marks: GplOnly),
        Of(HelperId.ProbeReadUserStr, ProgramSets.All, [Out, SizeOrZero, Any], marks: GplOnly),
        Of(HelperId.ProbeReadKernel, ProgramSets.All, [Out, SizeOrZero, Any], marks: GplOnly),
        Of(HelperId.ProbeReadKernelStr, ProgramSets.All, [Out, SizeOrZero, Any], marks: GplOnly),
        Of(HelperId.CopyFromUser, ProgramSets.All, [Out, SizeOrZero, Any], marks: MightSleep),
        Of(HelperId.CopyFromUserTask, ProgramSets.All, [Out, SizeOrZero, Any, KernelObject, Any], marks: GplOnly | MightSleep, type: "task_struct"),
        Of(HelperId.PerCpuPtr, ProgramSets.All, [PerCpu, Any], PerCpuMemoryOrNull),
        Of(HelperId.ThisCpuPtr, ProgramSets.All, [PerCpu], PerCpuMemory),
        Of(HelperId.GetStack, Tracing, [Context, Out, SizeOrZero, Any], marks: GplOnly),
        Of(HelperId.GetFuncIp, Tracing, [Context], marks: GplOnly),
        Of(HelperId.GetAttachCookie, Tracing, [Context]),
        Of(HelperId.PerfProgReadValue, PerfEvent, [Context, Out, Size], marks: GplOnly),
        Of(HelperId.ReadBranchRecords, PerfEvent, [Context, OutOrNull, SizeOrZero, Any], marks: GplOnly),
        Of(HelperId.GetBranchSnapshot, ProgramSets.All, [Out, SizeOrZero], marks: GplOnly),
    ];

    private static HelperPrototype Of(HelperId id, ulong programs, Argument[] arguments, ReturnKind returns = Integer, HelperMarks marks = HelperMarks.None, string type = "") =>
        new(id, programs, arguments, returns, marks, type);
}
