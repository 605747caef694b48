using Headrace.Testing;

namespace Headrace.Linux.Tests.Live;

/// <summary>A loader that dies or is refused at any of its system calls leaves nothing behind that nobody pinned.</summary>
public sealed class KilledLoaderTests(ITestOutputHelper output)
{
    private const int LongRounds = 1000;
    private const int KillSignal = 9;
    private const int KilledUnderTracer = 128 + KillSignal; // strace ends by its child's signal

    private static readonly string s_object = Path.Combine(Repository.Programs, "firewall.bpf.o");

    [Theory]
    [InlineData("signal=KILL", true)]
    [InlineData("signal=KILL", false)]
    [InlineData("error=ENOMEM", true)]
    public void Nothing_is_left(string injection, bool pins)
    {
        RequiresKernel.OrSkip();
        Shell.Require("strace");
        int rounds = Environment.GetEnvironmentVariable("HEADRACE_LONG") is null ? 1 : LongRounds / 30;
        using var pair = new VethPair();
        using var mount = new BpfMount();
        int steps = Steps(JobOf(pair, mount, pins, "hc_"));
        Clean(mount);
        Assert.True(steps >= 7, $"only {steps} calls of bpf(2) were seen");
        output.WriteLine($"{steps} steps, {rounds} times");
        for (int round = 0; round < rounds; round++)
        {
            for (int step = 1; step <= steps; step++)
                Try(pair, mount, pins, injection, step);
        }
    }

    private static void Try(VethPair pair, BpfMount mount, bool pins, string injection, int step)
    {
        string prefix = $"hs{Environment.ProcessId % 10_000}_{step}_";
        (int code, string errors) = Run(JobOf(pair, mount, pins, prefix), "-e", $"inject=bpf:{injection}:when={step}");
        if (injection.StartsWith("error", StringComparison.Ordinal))
        {
            // An error in words, never a crash; types that the kernel refuses are tried once more with a log, and then taken.
            Assert.True(code == 0 || (code == LoaderProcess.Refused && errors.Contains("ENOMEM", StringComparison.Ordinal)), $"step {step}: exit code {code}: {errors}");
            Assert.True(!File.Exists(mount["pins/link"]) || code == 0, $"step {step} left a pinned link");
        }
        else
        {
            Assert.True(code == KilledUnderTracer, $"step {step}: it was to be killed and ended with {code}: {errors}");
        }
        Clean(mount);
        Eventually.Holds(() => FirewallTests.MapsNamed(prefix).Length == 0 && Attached(pair) == XdpAttached.None, $"step {step}: nothing is left");
    }

    private static LoaderProcess.Job JobOf(VethPair pair, BpfMount mount, bool pins, string prefix) =>
        new(s_object, "firewall", pair.Near, pins ? mount["pins"] : "", prefix);

    private static void Clean(BpfMount mount)
    {
        if (!Directory.Exists(mount["pins"]))
            return;
        foreach (string pin in Directory.GetFiles(mount["pins"]))
            BpfFileSystem.Unpin(pin);
        Directory.Delete(mount["pins"]);
    }

    /// <summary>How often the loader calls bpf(2).</summary>
    private static int Steps(LoaderProcess.Job job)
    {
        string trace = Path.GetTempFileName();
        (int code, string errors) = Run(job, "-o", trace);
        string[] calls = [.. File.ReadLines(trace).Where(line => line.Contains("bpf(BPF_", StringComparison.Ordinal))];
        File.Delete(trace);
        Assert.True(code == 0, $"the loader ended with {code}: {errors}");
        return calls.Length;
    }

    private static (int Code, string Errors) Run(LoaderProcess.Job job, string option, string value)
    {
        using LoaderProcess loader = LoaderProcess.Start(job, "strace", "-f", "-qq", "-e", "trace=bpf", "-o", "/dev/null", option, value);
        return loader.WaitForEnd();
    }

    private static XdpAttached Attached(VethPair pair)
    {
        using IDisposable near = pair.EnterNear();
        return NetworkDevice.Find(VethPair.Device).Xdp.Attached;
    }
}
