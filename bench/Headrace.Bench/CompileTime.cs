using System.Globalization;
using Headrace.Engine;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Bench;

/// <summary>How long the jit takes from a verified program to the end of its first run, once the runtime is warm.</summary>
internal static unsafe class CompileTime
{
    private const int Rounds = 15;

    private static readonly (string Object, string Program, double Asked)[] s_programs = [("rxq_info.bpf.o", "rxq_info", 3), ("lb.bpf.o", "lb", 60)];

    /// <summary>Measures; the peer's figure is what is asked.</summary>
    public static IEnumerable<BenchmarkRow> Rows()
    {
        foreach ((string name, string program, double asked) in s_programs)
        {
            var spec = CollectionSpec.Parse(Resources.Read(name), name);
            double[] times = [.. Enumerable.Range(0, Rounds).Select(_ => Measure(spec, program)).Order()];
            int instructions = spec.Programs[program].Instructions.Length;
            yield return new BenchmarkRow(string.Create(CultureInfo.InvariantCulture, $"compile {program}, {instructions} instructions (asked: {asked} ms)"),
                times[Rounds / 2], null, "ms", null);
        }
    }

    // Processor time of this thread: compiling happens on it.
    private static double Measure(CollectionSpec spec, string program)
    {
        using var collection = Collection.Load(spec, new EngineOptions { Programs = [program] });
        using var packets = new PacketBurst(1);
        packets.Add(new byte[64]);
        long start = ThreadClock.Nanoseconds;
        using Executor executor = collection.Programs[program].CreateExecutor(EngineKind.Jit);
        executor.Run(packets.Frames, packets.Count);
        return (ThreadClock.Nanoseconds - start) / 1e6;
    }
}
