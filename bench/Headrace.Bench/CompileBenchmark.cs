using System.Globalization;
using System.Runtime;
using Headrace.Bytecode;
using Headrace.Dataflow;
using Headrace.Engine;
using Headrace.Engine.Jit;
using Headrace.Linux;
using Headrace.Objects;
using Headrace.Verifier;

namespace Headrace.Bench;

/// <summary>How long a program takes from verified to the end of its first run, step by step, once the compiler itself is warm; medians.</summary>
/// <remarks>Processor time of this thread: all of it happens there, and other processes do not count.</remarks>
public sealed unsafe class CompileBenchmark() : Benchmark("compile", "from a verified program to the end of its first run: facts, graph, passes, IL, .NET's compiler, ms")
{
    private const int Warming = 12;
    private const int Rounds = 15;
    private const int QuickRounds = 1;
    private const int LargeWarming = 2;
    private const int LargeRounds = 3;

    // The first has about a hundred instructions.
    private static readonly (string Object, string Program, double Asked)[] s_programs = [("rxq_info.bpf.o", "rxq_info", 3), ("firewall.bpf.o", "firewall", 60), ("lb.bpf.o", "lb", 60)];

    private const string Programs = "programs";

    private static readonly int[] s_sizes = [1000, 4000, 8000, 32_000];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parts => [Programs, .. CompileFamily.Shapes.Select(shape => shape.Name)];

    /// <inheritdoc/>
    public override bool HasQuickForm => true;

    /// <inheritdoc/>
    public override IReadOnlyList<BenchmarkRow> Run(TextWriter notes) => [.. Parts.SelectMany(part => RunPart(part, notes))];

    /// <inheritdoc/>
    public override IReadOnlyList<BenchmarkRow> RunPart(string part, TextWriter notes) =>
        part == Programs ? MeasurePrograms(Warming, Rounds) : MeasureShape(part, s_sizes, LargeWarming, LargeRounds);

    /// <inheritdoc/>
    public override IReadOnlyList<BenchmarkRow> RunQuick(string? part, TextWriter notes) => [.. (part is null ? Parts : [part]).SelectMany(name =>
        name == Programs ? MeasurePrograms(0, QuickRounds) : MeasureShape(name, s_sizes[..1], 0, QuickRounds))];

    private static List<BenchmarkRow> MeasurePrograms(int warming, int rounds) => [.. s_programs.SelectMany(program =>
        Measure(CollectionSpec.Parse(Resources.Read(program.Object), program.Object), program.Program, program.Program, program.Asked, warming, rounds))];

    private static List<BenchmarkRow> MeasureShape(string shape, int[] sizes, int warming, int rounds) => [.. sizes.SelectMany(size =>
        Measure(CompileFamily.Program(CompileFamily.Shapes.First(other => other.Name == shape).Fill, size), CompileFamily.Name, shape, null, warming, rounds))];

    private static IEnumerable<BenchmarkRow> Measure(CollectionSpec spec, string program, string name, double? asked, int warming, int rounds)
    {
        var steps = new SortedDictionary<string, List<double>>(StringComparer.Ordinal);
        var passes = new Dictionary<string, List<double>>();
        for (int round = 0; round < warming + rounds; round++)
        {
            Dictionary<string, double> times = Round(spec, program, out IReadOnlyList<PassReport> reports);
            if (round < warming)
                continue;
            foreach ((string step, double time) in times)
                Add(steps, step, time);
            foreach (PassReport report in reports)
                Add(passes, report.Name, report.Time.TotalMilliseconds);
        }
        string title = string.Create(CultureInfo.InvariantCulture, $"{name} ({spec.Programs[program].Instructions.Length} instructions)");
        foreach ((string step, List<double> times) in steps)
        {
            if (step[0] < '8')
                yield return BenchmarkRow.Of($"{title}, {step[2..]}", Figures.Median(times), null, "ms");
        }
        foreach ((string pass, List<double> times) in passes.OrderByDescending(pair => Figures.Median(pair.Value)).Take(4))
            yield return BenchmarkRow.Of($"{title}, pass {pass}", Figures.Median(times), null, "ms");
        yield return BenchmarkRow.Of($"{title}, to the end of the first run{(asked is null ? "" : ", beside what is asked")}", Figures.Median(steps["8 all"]), asked, "ms");
    }

    private static Dictionary<string, double> Round(CollectionSpec spec, string program, out IReadOnlyList<PassReport> reports)
    {
        var times = new Dictionary<string, double>();
        VerifiedProgram verified = null!;
        times["0 verifier"] = Time(() => verified = Verify(spec, spec.Programs[program]));
        times["1 facts"] = Time(() => _ = verified.Loops);
        Graph graph = null!;
        times["2 graph"] = Time(() => graph = Graph.Build(spec, spec.Programs[program], verified));
        IReadOnlyList<PassReport> done = [];
        times["3 passes"] = Time(() => done = PassPipeline.Run(graph, PassOptions.All));
        reports = done;
        Placement placement = null!;
        times["4 placement"] = Time(() => placement = new Placement(graph.Main));
        times["5 liveness"] = Time(() => Liveness.Share(placement));
        (times["8 all"], double code, times["7 .NET's compiler"]) = Compile(spec, program);
        times["6 IL"] = code - times["4 placement"] - times["5 liveness"];
        return times;
    }

    private static (double All, double Il, double Machine) Compile(CollectionSpec spec, string program)
    {
        using var collection = Collection.Load(spec, new EngineOptions { Programs = [program] });
        Executor executor = null!;
        // The graph is there with the executor; code is written when it is asked for.
        double graph = Time(() => executor = collection.Programs[program].CreateExecutor(EngineKind.Jit));
        using (executor)
        {
            TimeSpan before = JitInfo.GetCompilationTime(currentThread: true);
            double code = Time(executor.Prepare);
            double machine = (JitInfo.GetCompilationTime(currentThread: true) - before).TotalMilliseconds;
            using var packets = new PacketBurst(1);
            packets.Add(new byte[64]);
            double run = Time(() => executor.Run(packets.Frames, packets.Count));
            return (graph + code + run, code - machine, machine);
        }
    }

    private static VerifiedProgram Verify(CollectionSpec spec, ProgramSpec program)
    {
        VerifierResult result = ProgramVerifier.Verify(spec, program);
        return result.Program ?? throw new HeadraceException($"{program.Name} is refused: {result.LastLine}");
    }

    private static double Time(Action action)
    {
        long start = ThreadClock.Nanoseconds;
        action();
        return (ThreadClock.Nanoseconds - start) / 1e6;
    }

    private static void Add(IDictionary<string, List<double>> lists, string key, double value)
    {
        if (!lists.TryGetValue(key, out List<double>? list))
            lists[key] = list = [];
        list.Add(value);
    }
}
