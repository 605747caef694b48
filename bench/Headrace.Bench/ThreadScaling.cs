using System.Diagnostics;
using Headrace.Engine;
using Headrace.Linux;

namespace Headrace.Bench;

/// <summary>Packets a second of two workers on one shared table beside one worker's, each on a processor of its own.</summary>
/// <remarks>
/// Wall time, and rounds in which a worker lost its processor to somebody else are measured again: its processor time says so. What a neighbour
/// of the virtual machine takes is not seen there; the median of the rounds is.
/// </remarks>
internal static class ThreadScaling
{
    private const int MostTries = 1000;

    // Some 2 ms: shorter than what the scheduler gives a process before another one's turn comes.
    private const int Bursts = 800;

    // A worker that had this share of the time had its processor to itself.
    private const double Undisturbed = 0.97;

    /// <summary>Measures a program of tables.bpf.c on the batch engine.</summary>
    public static IEnumerable<BenchmarkRow> Measure(Collection collection, string program, TableScale scale, TextWriter notes)
    {
        int[] processors = [.. Processors.Online().Take(2)];
        if (processors.Length < 2)
        {
            notes.WriteLine("two threads are not measured: there is one processor");
            yield break;
        }
        using var first = new TableTimer(collection.Programs[program], EngineKind.Batch, scale);
        using var second = new TableTimer(collection.Programs[program], EngineKind.Batch, scale, firstTurn: 1u << (scale.FlowBits - 1));
        List<double> ones = [], twos = [], ratios = [];
        int tries = 0;
        for (; ratios.Count < scale.ScalingRounds && tries < MostTries; tries++)
        {
            if (Rate([first], processors, scale) is not { } one || Rate([first, second], processors, scale) is not { } two)
                continue;
            ones.Add(one);
            twos.Add(two);
            ratios.Add(two / one);
        }
        if (ratios.Count < scale.ScalingRounds)
        {
            notes.WriteLine($"two threads are not measured: other processes were running in {tries - ratios.Count} of {tries} rounds");
            yield break;
        }
        notes.WriteLine($"two threads: {scale.ScalingRounds} rounds from {ratios.Min():F2} to {ratios.Max():F2}, {tries - scale.ScalingRounds} measured again because other processes ran");
        yield return new BenchmarkRow($"{program} batch, two threads beside one", Figures.Median(twos), Figures.Median(ones), "M/s", Figures.Median(ratios));
    }

    // Packets a microsecond of all workers from the first one's start to the last one's end; null when they were disturbed.
    private static double? Rate(TableTimer[] timers, int[] processors, TableScale scale)
    {
        int waiting = timers.Length;
        long[] starts = new long[timers.Length], ends = new long[timers.Length];
        bool[] disturbed = new bool[timers.Length];
        Thread[] threads = [.. timers.Select((timer, i) => new Thread(() =>
        {
            using IDisposable pin = Processors.Pin(processors[i]);
            timer.Run(Bursts / 10);
            Interlocked.Decrement(ref waiting);
            while (Volatile.Read(ref waiting) != 0)
                Thread.SpinWait(1);
            long busy = ThreadClock.Nanoseconds;
            starts[i] = Stopwatch.GetTimestamp();
            timer.Run(Bursts);
            ends[i] = Stopwatch.GetTimestamp();
            disturbed[i] = ThreadClock.Nanoseconds - busy < Undisturbed * Stopwatch.GetElapsedTime(starts[i], ends[i]).TotalNanoseconds;
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        return scale == TableScale.Full && disturbed.Contains(true) ? null
            : timers.Length * Bursts * TableTimer.Burst / Stopwatch.GetElapsedTime(starts.Min(), ends.Max()).TotalMicroseconds;
    }
}
