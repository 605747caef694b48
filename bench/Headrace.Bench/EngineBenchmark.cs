using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Bench;

/// <summary>Interpreter and jit beside the kernel's JIT: the same bytecode, maps and packet, each net of an empty program.</summary>
public sealed class EngineBenchmark() : Benchmark("engine", "interpreter and jit (with its checks) beside the kernel's JIT, ns a packet net of an empty program")
{
    private const int Rounds = 9;
    private const int KernelRepeats = 20_000;
    private const int KernelMeasurements = 5;

    // Below this, what is left after taking off the empty program is mostly noise.
    private const double LeastNet = 0.5;

    /// <inheritdoc/>
    public override IReadOnlyList<BenchmarkRow> Run(TextWriter notes)
    {
        bool hasKernel = Kernel.IsAvailable(out string reason);
        if (!hasKernel)
            notes.WriteLine($"the kernel is not measured: {reason}");
        var rows = new List<BenchmarkRow>();
        var interpreter = new List<double>();
        var jit = new List<(string Suite, double Ratio)>();
        foreach (EngineProgram program in EngineSuite.Programs)
        {
            Figures figures = Measure(program, hasKernel);
            rows.Add(BenchmarkRow.Of($"{program.Program} interpreter", figures.Interpreter, figures.Kernel, "ns"));
            rows.Add(BenchmarkRow.Of($"{program.Program} jit", figures.Jit, figures.Kernel, "ns"));
            if (figures.Kernel is not { } kernel)
                continue;
            interpreter.Add(figures.Interpreter / kernel);
            jit.Add((program.Suite, figures.Jit / kernel));
        }
        if (hasKernel)
        {
            rows.Add(new BenchmarkRow("geometric mean interpreter", GeometricMean(interpreter), 1, "ratio", GeometricMean(interpreter)));
            foreach (IGrouping<string, (string Suite, double Ratio)> suite in jit.GroupBy(row => row.Suite))
                rows.Add(Mean($"geometric mean jit, {suite.Key}", suite));
            rows.Add(Mean("geometric mean jit", jit));
        }
        return rows;
    }

    // One round of each in turn, so that a busy moment of the machine does not fall on one side only; the least of each counts.
    private static Figures Measure(EngineProgram program, bool hasKernel)
    {
        CollectionSpec spec = program.LoadSpec();
        CollectionSpec emptySpec = EngineSuite.Empty.LoadSpec();
        using var interpreter = new EngineTimer(program, spec, EngineKind.Interpreter);
        using var jit = new EngineTimer(program, spec, EngineKind.Jit);
        using var emptyInterpreter = new EngineTimer(EngineSuite.Empty, emptySpec, EngineKind.Interpreter);
        using var emptyJit = new EngineTimer(EngineSuite.Empty, emptySpec, EngineKind.Jit);
        using KernelCollection? kernel = hasKernel ? KernelCollection.Load(spec, new KernelLoadOptions { Programs = [program.Program] }) : null;
        double total = double.MaxValue, loop = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            foreach (EngineTimer timer in (ReadOnlySpan<EngineTimer>)[interpreter, emptyInterpreter, jit, emptyJit])
                timer.Measure();
            if (kernel is null)
                continue;
            KernelRunTime time = kernel.Programs[program.Program].MeasureNanosecondsPerRun(program.Packet, KernelRepeats, KernelMeasurements);
            total = Math.Min(total, time.Total);
            loop = Math.Min(loop, time.Loop);
        }
        if (interpreter.Verdict != jit.Verdict)
            throw new HeadraceException($"{program.Program}: the interpreter says {interpreter.Verdict}, the jit {jit.Verdict}: figures of engines that disagree mean nothing");
        return new Figures(
            Math.Max(LeastNet, interpreter.Best - emptyInterpreter.Best),
            Math.Max(LeastNet, jit.Best - emptyJit.Best),
            hasKernel ? Math.Max(LeastNet, total - loop) : null);
    }

    private static BenchmarkRow Mean(string name, IEnumerable<(string Suite, double Ratio)> rows)
    {
        double mean = GeometricMean([.. rows.Select(row => row.Ratio)]);
        return new BenchmarkRow(name, mean, 1, "ratio", mean);
    }

    private static double GeometricMean(IReadOnlyList<double> ratios) => Math.Exp(ratios.Average(Math.Log));

    private readonly record struct Figures(double Interpreter, double Jit, double? Kernel);
}
