using Headrace.Testing;

namespace Headrace.Linux.Tests.Live;

/// <summary>A loader that dies or is refused at any of its system calls leaves nothing behind that nobody pinned.</summary>
public sealed class KilledLoaderTests(ITestOutputHelper output)
{
    private const int LongRounds = 1000;

    private static readonly string s_object = Path.Combine(Repository.Programs, "firewall.bpf.o");

    [Theory]
    [InlineData("signal=KILL", true)]
    [InlineData("signal=KILL", false)]
    [InlineData("error=ENOMEM", true)]
    public void Nothing_is_left(string injection, bool pins)
    {
        RequiresKernel.OrSkip();
        Shell.Require("strace");
        int rounds = Environment.GetEnvironmentVariable("HEADRACE_LONG") is null ? 0 : LongRounds / 3;
        using var pair = new VethPair();
        using var mount = new BpfMount();
        int step = 0;
        for (int round = 0; ; round++)
        {
            string prefix = $"hs{Environment.ProcessId % 10_000}_{round % 1000}_";
            string folder = pins ? mount["pins"] : "";
            var job = new LoaderProcess.Job(s_object, "firewall", pair.Near, folder, prefix);
            (int code, string errors) = Run(job, injection, ++step);
            bool wentThrough = code == 0;
            if (injection.StartsWith("error", StringComparison.Ordinal) && !wentThrough)
            {
                // A refusal is an error in words, never a crash, and takes its pins back.
                Assert.True(code == LoaderProcess.Refused && errors.Contains("ENOMEM", StringComparison.Ordinal), $"step {step}: exit code {code}: {errors}");
                Assert.True(!Directory.Exists(folder) || Directory.GetFiles(folder).All(pin => Path.GetFileName(pin) != "link"), $"step {step} left a link");
            }
            if (pins && Directory.Exists(folder))
            {
                foreach (string pin in Directory.GetFiles(folder))
                    BpfFileSystem.Unpin(pin);
                Directory.Delete(folder);
            }
            Eventually.Holds(() => FirewallTests.MapsNamed(prefix).Length == 0 && Attached(pair) == XdpAttached.None, $"step {step}: nothing is left");
            if (!wentThrough)
                continue;
            // The step is behind the last one: all were tried.
            output.WriteLine($"{step - 1} steps");
            
            Assert.True(step > 12, $"only {step} steps were found");
            if (round + 1 >= rounds)
                return;
            step = 0;
        }
    }

    // Counts the calls of bpf(2) and of netlink over all threads: strace's "when" counts by thread, and one thread makes them all.
    private static (int Code, string Errors) Run(LoaderProcess.Job job, string injection, int step)
    {
        using LoaderProcess loader = LoaderProcess.Start(job, "strace", "-f", "-qq", "-o", "/dev/null", "--seccomp-bpf", "-e", "trace=bpf", "-e", $"inject=bpf:{injection}:when={step}");
        return loader.WaitForEnd();
    }

    private static XdpAttached Attached(VethPair pair)
    {
        using IDisposable near = pair.EnterNear();
        return NetworkDevice.Find(VethPair.Device).Xdp.Attached;
    }
}
