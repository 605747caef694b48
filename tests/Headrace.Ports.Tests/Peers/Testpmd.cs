using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

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
        var start = new ProcessStartInfo("/usr/bin/stdbuf") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        string[] memory = ["--no-huge", "-m", "256", "--no-pci", "--no-telemetry", "-l", "0,1", "--file-prefix", $"headrace{Environment.ProcessId}-{Interlocked.Increment(ref s_instances)}"];
        start.ArgumentList.Add("-oL"); // into a pipe it would write by the block
        start.ArgumentList.Add(Executable);
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

    /// <summary>What it wrote, its statistics of the ports at the end.</summary>
    public string Finish()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Write("stop\nquit\n"); // without its prompt, testpmd forwards until it reads anything
            _process.StandardInput.Flush();
            if (!_process.WaitForExit(NumberedTraffic.Patience))
                Kill();
        }
        _process.WaitForExit(); // for the last of its output too
        return Output;
    }

    /// <summary>Sends numbered frames through a port to it and takes each back, whole and in order; then its own counters must tell the same.</summary>
    /// <param name="port">The port it is connected to; its first queue is used.</param>
    /// <param name="packets">How many.</param>
    /// <param name="window">How many may be under way: fewer than a ring holds, since testpmd drops what does not fit.</param>
    public void ReturnsEveryFrame(IPacketPort port, long packets, int window)
    {
        var clock = Stopwatch.StartNew();
        ReturnsFrames(port, packets, window);
        string output = Finish();
        Match counted = Regex.Match(output, @"RX-packets: (\d+).*?TX-packets: (\d+)\s+TX-dropped: (\d+)", RegexOptions.Singleline);
        QueueCounters ours = port.Queues[0].Counters;
        (long Received, long Sent, long Dropped) expected = (ours.Sent, ours.Received, ours.Sent - ours.Received);
        TestContext.Current.TestOutputHelper?.WriteLine($"{ours.Sent} sent, {ours.Received} received in {clock.Elapsed.TotalSeconds:f1} s");
        Assert.True(counted.Success && (Number(1), Number(2), Number(3)) == expected, $"testpmd should have counted {expected}:\n{output}");

        long Number(int group) => long.Parse(counted.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
    }

    /// <summary>The same for a peer that will not be asked afterwards.</summary>
    public void ReturnsFrames(IPacketPort port, long packets, int window)
    {
        NumberedTraffic.Until(() => port.DownReason is null, () => $"{port.Spec}: {port.DownReason}\n{Finish()}");
        NumberedTraffic.UntilReturned(port.Queues[0], Finish);
        NumberedTraffic.OneWay(port.Queues[0], port.Queues[0], packets, NumberedTraffic.Lengths(22, 1514), window, Finish);
    }

    /// <summary>Opens a port to it, sends frames and takes them back, and closes the port, again and again.</summary>
    /// <param name="port">The port to open.</param>
    /// <param name="window">How many frames may be under way.</param>
    /// <param name="pauses">True to have it not forward while we leave: net_memif frees rings that its own forwarding still reads (exit code 139).</param>
    public void MeetsAgain(string port, int window, bool pauses = false)
    {
        for (int i = 0; i < Restarts; i++)
        {
            using IPacketPort ours = PortKinds.Open(port);
            NumberedTraffic.Until(() =>
            {
                // Its drivers look for a peer that left when they are asked for the link's state, which needs its prompt (-i).
                if (ours.DownReason is null)
                    return true;
                Assert.False(_process.HasExited, $"round {i}: {Output}");
                _process.StandardInput.WriteLine("show port info 0");
                Thread.Sleep(100);
                return false;
            }, () => $"{ours.Spec}: {ours.DownReason}\n{Finish()}");
            if (pauses && i > 0)
                _process.StandardInput.WriteLine("start");
            ReturnsFrames(ours, 2000, window);
            if (!pauses)
                continue;
            _process.StandardInput.WriteLine("stop");
            NumberedTraffic.Until(() => Regex.Count(Output, "Waiting for lcores to finish.*?Done\\.", RegexOptions.Singleline) > i, Finish);
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
