using System.Diagnostics;
using Headrace.Linux;

namespace Headrace.Bench;

/// <summary>The loop on DPDK's own driver functions, beside testpmd.</summary>
public sealed class DpdkBenchmark() : Benchmark("dpdk", "forwarding between two of DPDK's net_null devices, beside testpmd: 64-byte packets, as many as there is time for")
{
    private const int Rounds = 7;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(500), s_time = TimeSpan.FromMilliseconds(700);

    private static bool s_isEalStarted;

    /// <inheritdoc/>
    public override IReadOnlyList<BenchmarkRow> Run(TextWriter notes)
    {
        TestpmdPeer.Require();
        int[] processors = [.. Processors.Online()];
        (int other, int worker) = (processors[0], processors[^1]);
        notes.WriteLine($"DPDK's memory: {TestpmdPeer.MemoryKind}; both on processor {worker} in turn");
        return [Measure("io", other, worker, notes), Measure("macswap", other, worker, notes)];
    }

    private static BenchmarkRow Measure(string mode, int other, int worker, TextWriter notes)
    {
        List<double> ours = [], theirs = [];
        for (int round = 0; round < Rounds; round++)
        {
            // EAL starts once in our process: it is the first port's options that count.
            string eal = s_isEalStarted ? "" : string.Join(' ', TestpmdPeer.MemoryOptions) + " --no-pci ";
            s_isEalStarted = true;
            using (var middle = new ForwardingMiddle(MiddleProgram.Load(mode), worker, $"dpdk:net_null0 {eal}--vdev=net_null0", "dpdk:net_null1 --vdev=net_null1"))
                ours.Add(Rate(middle.Received));
            using (var testpmd = new TestpmdPeer(other, worker, mode, "net_null0", "net_null1"))
            {
                testpmd.Start();
                theirs.Add(Rate(testpmd.Received));
            }
        }
        notes.WriteLine($"{mode}: {Figures.Text(ours)} beside {Figures.Text(theirs)}");
        return BenchmarkRow.Of($"net_null, {mode}", Figures.Median(ours), Figures.Median(theirs), "Mpps");
    }

    private static double Rate(Func<long> count)
    {
        Thread.Sleep(s_warmUp);
        long before = count(), start = Stopwatch.GetTimestamp();
        Thread.Sleep(s_time);
        return (count() - before) / Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }
}
