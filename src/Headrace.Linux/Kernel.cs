using Headrace.Bytecode;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>The kernel this process runs on, as far as packet programs are concerned.</summary>
public static class Kernel
{
    private static readonly Lazy<string> s_obstacle = new(FindObstacle);

    /// <summary>True when programs can be loaded and run here.</summary>
    /// <param name="reason">Why not, in words for a person; empty when they can.</param>
    /// <remarks>Found out once a process, by loading and running a program that only returns.</remarks>
    public static bool IsAvailable(out string reason)
    {
        reason = s_obstacle.Value;
        return reason.Length == 0;
    }

    private static string FindObstacle()
    {
        if (!OperatingSystem.IsLinux())
            return "the kernel engine needs Linux";
        try
        {
            using KernelProgram probe = KernelProgram.Load(KernelProgram.ReturnsDrop("probe", ProgramType.Xdp), []);
            TestRunResult result = probe.TestRun(new byte[64]);
            return result.ReturnValue == (uint)XdpAction.Drop ? "" : $"a test run of 'return XDP_DROP' answered {result.ReturnValue}";
        }
        catch (KernelException error)
        {
            return error.Errno == ErrorNumber.EPERM && Capabilities.MissingForBpf() is { Length: > 0 } missing
                ? $"loading programs into the kernel needs {missing} (run as root)"
                : error.Message;
        }
        catch (PlatformNotSupportedException error)
        {
            return error.Message;
        }
    }
}
