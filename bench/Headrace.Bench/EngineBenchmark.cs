using Headrace.Linux;

namespace Headrace.Bench;

/// <summary>The jit beside the kernel's JIT, and beside what clang makes of the same source: the same bytecode, maps and packet, each net of an empty program.</summary>
public sealed class EngineBenchmark() : Benchmark("engine", "the jit beside the kernel's JIT and clang -O2, ns a packet net of an empty program: compute, maps, programs")
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Parts { get; } = [.. EngineSuite.Groups.Select(group => group.Name)];

    /// <inheritdoc/>
    public override IReadOnlyList<BenchmarkRow> Run(TextWriter notes) => Run(EngineSuite.Groups, notes);

    /// <inheritdoc/>
    public override IReadOnlyList<BenchmarkRow> RunPart(string part, TextWriter notes) =>
        Run(EngineSuite.Groups.Where(group => group.Name == part), notes);

    /// <inheritdoc/>
    public override bool HasQuickForm => true;

    /// <inheritdoc/>
    public override IReadOnlyList<BenchmarkRow> RunQuick(string? part, TextWriter notes) =>
        Run(EngineSuite.Groups.Where(group => part is null || group.Name == part), notes, isQuick: true);

    private static List<BenchmarkRow> Run(IEnumerable<EngineGroup> groups, TextWriter notes, bool isQuick = false)
    {
        bool hasKernel = Kernel.IsAvailable(out string reason);
        if (!hasKernel)
            notes.WriteLine($"the kernel is not measured: {reason}");
        using NativeCode? native = NativeCode.TryLoad(out reason);
        if (native is null)
            notes.WriteLine($"native code is not measured: {reason}");
        if (!EngineSuite.Groups.Any(group => group.Programs.Any(program => program.Program.StartsWith("xdpfilt", StringComparison.Ordinal))))
            notes.WriteLine("xdp-filter's programs are not measured: package xdp-tools is not installed");
        // On one processor, which per-CPU maps are then read from on both sides.
        using IDisposable pin = Processors.Pin(out _);
        using var comparison = new EngineComparison(native, hasKernel, isQuick);
        List<BenchmarkRow> single = [], means = [];
        foreach (EngineGroup group in groups)
        {
            List<(string Program, double Ratio)> kernels = [], natives = [];
            foreach (EngineProgram program in group.Programs)
            {
                EngineFigures figures = comparison.Measure(program);
                single.Add(BenchmarkRow.Of(program.Title, figures.Ours, figures.Kernel, "ns"));
                if (figures.Kernel is { } kernel)
                    kernels.Add((program.Title, figures.Ours / kernel));
                if (figures.Native is not { } clang)
                    continue;
                single.Add(BenchmarkRow.Of($"{program.Title}, clang -O2", figures.Ours, clang, "ns"));
                natives.Add((program.Title, figures.Ours / clang));
            }
            means.AddRange(Means(group.Name, kernels, group.Mean, group.Worst));
            means.AddRange(Means($"{group.Name}, clang -O2", natives, EngineGroup.Native, null));
        }
        return [.. single, .. means];
    }

    private static IEnumerable<BenchmarkRow> Means(string name, List<(string Program, double Ratio)> ratios, double mean, double? worst)
    {
        if (ratios.Count == 0)
            yield break;
        double measured = Math.Exp(ratios.Average(row => Math.Log(row.Ratio)));
        yield return new BenchmarkRow(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"geometric mean, {name} (asked: {mean:F2})"), measured, 1, "ratio", measured);
        if (worst is null)
            yield break;
        (string program, double ratio) = ratios.MaxBy(row => row.Ratio);
        yield return new BenchmarkRow(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"worst, {name}: {program} (asked: {worst:F2})"), ratio, 1, "ratio", ratio);
    }
}
