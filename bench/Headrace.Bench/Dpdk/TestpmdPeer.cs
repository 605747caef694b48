using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Headrace.Bytecode;

namespace Headrace.Bench;

/// <summary>A dpdk-testpmd that forwards on one processor and answers on its prompt.</summary>
internal sealed partial class TestpmdPeer : IDisposable
{
    /// <summary>Where Debian's dpdk-dev has it.</summary>
    public const string Executable = "/usr/bin/dpdk-testpmd";

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

    /// <summary>Options for DPDK's memory: hugepages when enough are free for every process of a run, else none.</summary>
    public static string[] MemoryOptions => HasHugePages
        ? ["--in-memory", "-m", "128"]
        : ["--no-huge", "-m", "192", "--file-prefix", string.Create(CultureInfo.InvariantCulture, $"headrace-bench{Environment.ProcessId}-{Interlocked.Increment(ref s_instances)}")];

    /// <summary>True when three processes of 128 MiB find hugepages.</summary>
    public static bool HasHugePages => File.ReadLines("/proc/meminfo").First(line => line.StartsWith("HugePages_Free", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1] is { } free
        && int.Parse(free, CultureInfo.InvariantCulture) >= 200;

    /// <summary>Starts to forward; with a number, each port first sends so many bursts of 32.</summary>
    public void Start(int firstBursts = 0)
    {
        _process.StandardInput.WriteLine(firstBursts == 0 ? "start" : string.Create(CultureInfo.InvariantCulture, $"start tx_first {firstBursts}"));
        _process.StandardInput.Flush();
    }

    /// <summary>Packets received so far, over all ports.</summary>

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
        _process.StandardInput.WriteLine("show port stats all");
        _process.StandardInput.Flush();
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

    [GeneratedRegex(@"RX-packets:\s*(\d+)")]
    private static partial Regex ReceivedPackets();
}
