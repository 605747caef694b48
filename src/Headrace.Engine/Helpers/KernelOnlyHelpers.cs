using Headrace.Bytecode;

namespace Headrace.Engine;

/// <summary>Helpers that make no sense outside the kernel, and why.</summary>
internal static class KernelOnlyHelpers
{
    private const string Task = "it works on the kernel's current task, and there is none";
    private const string User = "it reads the memory of the kernel's current task, and there is none";
    private const string Cgroup = "it works on control groups, which the kernel keeps";
    private const string Perf = "it works on perf events, which the kernel keeps";
    private const string PerCpu = "it works on the kernel's own per-CPU variables";
    private const string Tunnel = "it works on tunnel devices, which the kernel keeps";
    private const string Socket = "it works on sockets, which the kernel keeps";

    private static readonly Dictionary<HelperId, string> s_reasons = new()
    {
        [HelperId.PerfEventRead] = Perf,
        [HelperId.PerfEventReadValue] = Perf,
        [HelperId.GetBranchSnapshot] = Perf,
        [HelperId.GetStackid] = "it walks the kernel's stack",
        [HelperId.GetTaskStack] = Task,
        [HelperId.GetCurrentTask] = Task,
        [HelperId.GetCurrentTaskBtf] = Task,
        [HelperId.TaskPtRegs] = Task,
        [HelperId.TaskStorageGet] = Task,
        [HelperId.TaskStorageDelete] = Task,
        [HelperId.SendSignal] = Task,
        [HelperId.SendSignalThread] = Task,
        [HelperId.GetNsCurrentPidTgid] = Task,
        [HelperId.FindVma] = Task,
        [HelperId.ProbeReadUser] = User,
        [HelperId.ProbeReadUserStr] = User,
        [HelperId.CopyFromUser] = User,
        [HelperId.CopyFromUserTask] = User,
        [HelperId.CurrentTaskUnderCgroup] = Cgroup,
        [HelperId.GetCurrentCgroupId] = Cgroup,
        [HelperId.GetCurrentAncestorCgroupId] = Cgroup,
        [HelperId.CgrpStorageGet] = Cgroup,
        [HelperId.CgrpStorageDelete] = Cgroup,
        [HelperId.SkbUnderCgroup] = Cgroup,
        [HelperId.SkbCgroupId] = Cgroup,
        [HelperId.SkbAncestorCgroupId] = Cgroup,
        [HelperId.SkbCgroupClassid] = Cgroup,
        [HelperId.SkCgroupId] = Cgroup,
        [HelperId.SkAncestorCgroupId] = Cgroup,
        [HelperId.GetLocalStorage] = Cgroup,
        [HelperId.SnprintfBtf] = "it prints the kernel's own types",
        [HelperId.PerCpuPtr] = PerCpu,
        [HelperId.ThisCpuPtr] = PerCpu,
        [HelperId.SkbGetTunnelKey] = Tunnel,
        [HelperId.SkbSetTunnelKey] = Tunnel,
        [HelperId.SkbGetTunnelOpt] = Tunnel,
        [HelperId.SkbSetTunnelOpt] = Tunnel,
        [HelperId.SkbGetXfrmState] = "it works on IPsec states, which the kernel keeps",
        [HelperId.LwtPushEncap] = "it works on the route that brought the packet",
        [HelperId.GetNetnsCookie] = "it names a network namespace",
        [HelperId.SkStorageGet] = Socket,
        [HelperId.SkStorageDelete] = Socket,
        [HelperId.SkAssign] = Socket,
    };

    /// <summary>Why a helper is only in the kernel, or null when that is not known of it.</summary>
    public static string? ReasonFor(HelperId id) => s_reasons.GetValueOrDefault(id);
}
