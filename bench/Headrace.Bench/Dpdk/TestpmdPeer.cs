using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Headrace.Bytecode;

namespace Headrace.Bench;

/// <summary>A dpdk-testpmd that forwards on one processor and answers on its prompt.</summary>
internal sealed partial class TestpmdPeer : IDisposable
{
    // Debian's dpdk-dev has it there.
    private const string Executable = "/usr/bin/dpdk-testpmd";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20), s_settle = TimeSpan.FromMilliseconds(50);
    private static int s_instances;

    private readonly Process _process;
    private readonly int _ports;

    /// <summary>Starts it; it does not forward yet.</summary>
    /// <param name="prompt">Processor of its prompt, which sleeps; on the other's it would hold that up.</param>
    /// <param name="processor">Processor it forwards on.</param>
    /// <param name="mode">Forwarding mode: <c>io</c>, <c>macswap</c>, <c>rxonly</c>.</param>
    /// <param name="devices">Virtual devices.</param>
    public TestpmdPeer(int prompt, int processor, string mode, params string[] devices)
    {
        // Its output would wait in a buffer, were it not told that each line counts.
        string[] arguments =
        [
            "-oL", Executable,
            .. MemoryOptions, "--no-pci", "--no-telemetry", $"--lcores=0@{prompt},1@{processor}",
            .. devices.Select(device => "--vdev=" + device),
            "--", "-i", "--no-flush-rx", "--no-lsc-interrupt", "--disable-link-check", "--total-num-mbufs=16384", "--forward-mode=" + mode,
        ];
        var start = new ProcessStartInfo("stdbuf", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        _ports = devices.Length;
        _ = Received(); // it answers: it has started
    }

    /// <summary>Sees to it that there is one.</summary>
    /// <exception cref="HeadraceException">It is not installed.</exception>
    public static void Require()
    {
        if (!File.Exists(Executable))
            throw new HeadraceException("testpmd is not installed: Debian's package dpdk-dev has it");
    }

    /// <summary>Options for DPDK's memory: hugepages when enough are free for every process of a run, else none.</summary>
    public static string[] MemoryOptions => HasHugePages
        ? ["--in-memory", "-m", "128"]
        : ["--no-huge", "-m", "192", "--file-prefix", string.Create(CultureInfo.InvariantCulture, $"headrace-bench{Environment.ProcessId}-{Interlocked.Increment(ref s_instances)}")];

    /// <summary>Which of the two it is, in words.</summary>
    public static string MemoryKind => HasHugePages ? "hugepages" : "no hugepages (with 200 free ones they are used)";

    // Three processes of 128 MiB.
    private static bool HasHugePages => File.ReadLines("/proc/meminfo").First(line => line.StartsWith("HugePages_Free", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1] is { } free
        && int.Parse(free, CultureInfo.InvariantCulture) >= 200;

    /// <summary>Starts to forward.</summary>
    public void Start() => Order("start");

    /// <summary>Starts to forward, after each port has sent some bursts of 32.</summary>
    public void StartWith(int bursts)
    {
        // memif clients offer buffers when they first look for packets: those that came back before would be lost.
        Order("start");
        Thread.Sleep(s_settle);
        Order("stop");
        Order(string.Create(CultureInfo.InvariantCulture, $"start tx_first {bursts}"));
    }

    /// <summary>Waits until every port has its peer; it must not forward yet.</summary>
    public void WaitForLinks()
    {
        for (long start = Stopwatch.GetTimestamp(); CountLinks() < _ports; Thread.Sleep(20))
        {
            if (Stopwatch.GetElapsedTime(start) > s_patience)
                throw new HeadraceException($"testpmd's ports found no peer within {s_patience.TotalSeconds} s");
        }
        Thread.Sleep(s_settle); // the other end may need a moment more
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>Packets received so far, over all ports.</summary>
    public long Received()
    {
        // A port's statistics end in a line of nothing but '#'.
        Order("show port stats all");
        long packets = 0;
        for (int ends = 0; ends < _ports;)
        {
            string line = _process.StandardOutput.ReadLine() ?? throw new HeadraceException("testpmd ended");
            if (ReceivedPackets().Match(line) is { Success: true } match)
                packets += long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
            if (line.Length > 40 && line.Trim() is { Length: > 40 } bar && bar.AsSpan().IndexOfAnyExcept('#') < 0)
                ends++;
        }
        return packets;
    }

    private void Order(string order)
    {
        _process.StandardInput.WriteLine(order);
        _process.StandardInput.Flush();
    }

    private int CountLinks()
    {
        Order("show port summary all");
        int up = 0;
        for (int ports = 0; ports < _ports;)
        {
            string line = _process.StandardOutput.ReadLine() ?? throw new HeadraceException("testpmd ended");
            if (Link().Match(line) is not { Success: true } match)
                continue;
            ports++;
            up += match.Groups[1].Value == "up" ? 1 : 0;
        }
        return up;
    }

    // Number, MAC address, name, driver, status, speed.
    [GeneratedRegex(@"^\d+\s+[0-9A-F:]{17}\s.*\s(up|down)\s")]
    private static partial Regex Link();

    [GeneratedRegex(@"RX-packets:\s*(\d+)")]
    private static partial Regex ReceivedPackets();
}
