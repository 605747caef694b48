namespace Headrace.Bench;

/// <summary>The benchmarks there are.</summary>
public static class BenchmarkList
{
    /// <summary>All of them, in the order of a listing.</summary>
    public static IReadOnlyList<Benchmark> All { get; } =
    [
        new EngineBenchmark(),
        new CompileBenchmark(),
        new TablesBenchmark(),
        new VerifierBenchmark(),
        new LinuxBenchmark(),
        new RingBufferBenchmark(),
        new PortsBenchmark(),
        new DpdkBenchmark(),
        MiddleBenchmark.Memif(),
        MiddleBenchmark.Vhost(),
    ];

    /// <summary>Finds a benchmark by name; null when there is none.</summary>
    public static Benchmark? Find(string name) => All.FirstOrDefault(benchmark => benchmark.Name == name);
}
