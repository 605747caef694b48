using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Headrace.Bytecode;
using Headrace.Linux;
using Headrace.Objects;
using Headrace.Verifier;

namespace Headrace.Bench;

/// <summary>Our verifier beside the kernel's own <c>verification time</c> of the same program, both warm, least of several rounds.</summary>
public sealed partial class VerifierBenchmark() : Benchmark("verifier", "verifying every program here and a family of growing size, beside the kernel's verification time, us")
{
    private const int Rounds = 12;
    private const int StatisticsLevel = 4; // BPF_LOG_STATS, include/linux/bpf_verifier.h

    private static readonly int[] s_diamonds = [10, 100, 400, 1600, 4000];
    private static readonly int[] s_rounds = [12, 120, 1200, 8400];

    /// <inheritdoc/>
    public override IReadOnlyList<BenchmarkRow> Run(TextWriter notes)
    {
        bool hasKernel = Kernel.IsAvailable(out string reason);
        if (!hasKernel)
            notes.WriteLine($"the kernel is not measured: {reason}");
        var rows = new List<BenchmarkRow>();
        foreach (string name in typeof(VerifierBenchmark).Assembly.GetManifestResourceNames().Where(name => name != TableContents.Object && !EngineSuite.Objects.Contains(name) && name.EndsWith(".bpf.o", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using Stream stream = typeof(VerifierBenchmark).Assembly.GetManifestResourceStream(name)!;
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            CollectionSpec spec = CollectionSpec.Parse(bytes, name);
            using KernelCollection? kernel = hasKernel ? KernelCollection.Load(spec, new KernelLoadOptions { Programs = [] }) : null;
            using KernelBtf? types = hasKernel && spec.Types is { } btf ? KernelBtf.Load(btf.KernelForm.Span, spec.Source) : null;
            KernelMap[] maps = kernel is null ? [] : [.. spec.Maps.Select(map => kernel.Maps[map.Name])];
            foreach (ProgramSpec program in spec.Programs.Where(program => program.AutoLoad))
                rows.Add(Measure($"{name[..^".bpf.o".Length]} {program.Name}", spec, program, hasKernel, maps, types));
        }
        double median = Median(rows);
        foreach (int size in s_diamonds)
            rows.Add(Alone(VerifierFamily.Diamonds(size), hasKernel));
        foreach (int size in s_rounds)
            rows.Add(Alone(VerifierFamily.Loop(size), hasKernel));
        foreach (ProgramSpec program in (ProgramSpec[])[VerifierFamily.Diamonds(6667), VerifierFamily.Loop(14300)])
            rows.Add(Memory(program));
        if (hasKernel)
            rows.Add(new BenchmarkRow("median of programs/", median, 1, "ratio", median));
        return rows;
    }

    private static BenchmarkRow Alone(ProgramSpec program, bool hasKernel)
    {
        var spec = new CollectionSpec { Source = "generated", License = "GPL" };
        spec.Programs.Add(program);
        return Measure(program.Name, spec, program, hasKernel, [], null);
    }

    private static BenchmarkRow Measure(string name, CollectionSpec spec, ProgramSpec program, bool hasKernel, KernelMap[] maps, KernelBtf? types)
    {
        double ours = double.MaxValue, peer = double.MaxValue;
        int processed = 0, kernelProcessed = 0;
        for (int round = 0; round < Rounds; round++)
        {
            // Warm means compiled with what was learnt while running: some ten milliseconds a round of small programs.
            long until = Stopwatch.GetTimestamp() + Stopwatch.Frequency / 100;
            do
            {
                long start = Stopwatch.GetTimestamp();
                VerifierResult result = ProgramVerifier.Verify(spec, program);
                ours = Math.Min(ours, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                if (!result.IsAccepted)
                    throw new HeadraceException($"{name} is refused: {result.LastLine}");
                processed = result.Processed;
            }
            while (Stopwatch.GetTimestamp() < until);
            if (!hasKernel)
                continue;
            using KernelProgram loaded = KernelProgram.Load(program, maps, types, logLevel: StatisticsLevel);
            Match time = VerificationTime().Match(loaded.Log), count = ProcessedCount().Match(loaded.Log);
            if (!time.Success || !count.Success)
                throw new HeadraceException($"{name}: the kernel's log has no statistics");
            peer = Math.Min(peer, double.Parse(time.Groups[1].Value, CultureInfo.InvariantCulture));
            kernelProcessed = int.Parse(count.Groups[1].Value, CultureInfo.InvariantCulture);
        }
        string counts = hasKernel ? $" ({processed} insns, kernel {kernelProcessed})" : $" ({processed} insns)";
        return BenchmarkRow.Of(name + counts, ours, hasKernel ? Math.Max(1, peer) : null, "us");
    }

    // How far the process's memory rises above what it was: what the verification held at its peak, and what was not collected yet.
    private static BenchmarkRow Memory(ProgramSpec program)
    {
        var spec = new CollectionSpec { Source = "generated", License = "GPL" };
        spec.Programs.Add(program);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        File.WriteAllText("/proc/self/clear_refs", "5"); // resets the peak, proc(5)
        double before = Status("VmRSS");
        VerifierResult result = ProgramVerifier.Verify(spec, program);
        double peak = Status("VmHWM") - before;
        return new BenchmarkRow($"memory of {program.Name} ({result.Processed} insns), limit 256", peak, null, "MiB", null);
    }

    private static double Status(string field)
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line.AsSpan(field.Length + 1).Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture) / 1024;
    }

    private static double Median(List<BenchmarkRow> rows)
    {
        double[] ratios = [.. rows.Select(row => row.Ratio ?? double.NaN).Order()];
        return ratios.Length % 2 == 1 ? ratios[ratios.Length / 2] : (ratios[ratios.Length / 2 - 1] + ratios[ratios.Length / 2]) / 2;
    }

    [GeneratedRegex(@"verification time (\d+) usec")]
    private static partial Regex VerificationTime();

    [GeneratedRegex(@"processed (\d+) insns")]
    private static partial Regex ProcessedCount();
}
