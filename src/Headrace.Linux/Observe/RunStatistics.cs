using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>Keeps the kernel counting runs and run times of every program (<c>BPF_ENABLE_STATS</c>, Linux 5.8) until disposed of.</summary>
/// <remarks>Costs every run of every program some nanoseconds. <c>sysctl kernel.bpf_stats_enabled=1</c> does the same for good.</remarks>
public sealed class RunStatistics : IDisposable
{
    private const string Setting = "/proc/sys/kernel/bpf_stats_enabled";

    private readonly Descriptor _descriptor;

    private RunStatistics(Descriptor descriptor) => _descriptor = descriptor;

    /// <summary>True when the system counts anyway, whoever holds one of these.</summary>
    public static bool IsAlwaysOn => File.Exists(Setting) && File.ReadAllText(Setting).Trim() == "1";

    /// <summary>Turns them on.</summary>
    /// <exception cref="KernelException">The kernel refused (<c>CAP_SYS_ADMIN</c> is needed).</exception>
    public static RunStatistics Enable() => new(Bpf.EnableStatistics());

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();
}
