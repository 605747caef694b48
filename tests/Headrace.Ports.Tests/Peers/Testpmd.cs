using System.Diagnostics;
using System.Text;

namespace Headrace.Ports.Tests;

/// <summary>A running dpdk-testpmd (Debian's dpdk-dev), the peer of the shared-memory ports.</summary>
internal sealed class Testpmd : IDisposable
{
    private const string Executable = "/usr/bin/dpdk-testpmd";

    private static readonly bool s_isLong = Environment.GetEnvironmentVariable("HEADRACE_LONG") == "1";

    private static int s_instances;

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    /// <param name="devices">Virtual devices, as <c>--vdev</c> takes them.</param>
    /// <param name="forwarding">Forwarding mode: <c>io</c> sends a lone port's frames back as they are.</param>
    /// <param name="more">Further options of testpmd itself.</param>
    public Testpmd(string[] devices, string forwarding = "io", params string[] more)
    {
        var start = new ProcessStartInfo(Executable) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        string[] memory = ["--no-huge", "-m", "256", "--no-pci", "--no-telemetry", "-l", "0,1", "--file-prefix", $"headrace{Environment.ProcessId}-{Interlocked.Increment(ref s_instances)}"];
        foreach (string argument in memory.Concat(devices.Select(device => "--vdev=" + device)))
            start.ArgumentList.Add(argument);
        foreach (string argument in (string[])["--", "--auto-start", "--no-flush-rx", "--no-lsc-interrupt", "--disable-link-check", "--forward-mode=" + forwarding, "--total-num-mbufs=16384", .. more])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Collect;
        _process.ErrorDataReceived += Collect;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Frames a test sends through it.</summary>
    public static long Packets => s_isLong ? 10_000_000 : 100_000;

    /// <summary>How often a test starts it anew.</summary>
    public static int Restarts => s_isLong ? 100 : 3;

    /// <summary>Skips the test in words when there is no testpmd here.</summary>
    public static void Require()
    {
        Assert.SkipUnless(File.Exists(Executable), "dpdk-testpmd is not installed (Debian package dpdk-dev)");
        Assert.SkipUnless(Environment.UserName == "root", "dpdk-testpmd needs root");
    }

    /// <summary>What it wrote.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return (_process.HasExited ? $"testpmd has ended with exit code {_process.ExitCode}\n" : "") + _output;
        }
    }

    /// <summary>Ends it at once, as a crash would.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private void Collect(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
            _output.AppendLine(line.Data);
    }
}
