using System.Diagnostics;
using Headrace.Bytecode;
using Headrace.Linux;

namespace Headrace.Cli.Nouns.Programs;

/// <summary><c>prog profile</c>: runs and run time over a while. Hardware counters need what <c>fentry</c> programs need; it is said when they are asked for.</summary>
internal sealed class ProgProfile() : KernelAction("profile")
{
    private static readonly string[] s_hardware = ["cycles", "instructions", "l1d_loads", "llc_misses", "itlb_misses", "dtlb_misses"];

    public override IReadOnlyList<string> Forms => ["profile PROG [duration SECONDS] [run_time_ns] [run_cnt]"];

    public override int Run(Keywords words, Answer answer)
    {
        using KernelProgram program = ProgramChoices.ReadOne(words);
        double seconds = words.Accept("duration") ? words.Number("duration") : 1;
        while (!words.IsEmpty)
        {
            if (words.AcceptAny("run_time_ns", "run_cnt") is not null)
                continue;
            string metric = words.Next("metric");
            if (!s_hardware.Contains(metric))
                throw new UsageException($"there is no metric '{metric}'; there are: run_time_ns, run_cnt; and hardware counters that are not read here: {string.Join(", ", s_hardware)}");
            throw new UnsupportedFeatureException($"metric '{metric}'", "fentry and fexit programs around the program, and hardware counters (perf_event_open)",
                "they are not read here, and machines without a performance monitor (most virtual ones) have none: "
                + "leave the metric out for runs and run time, or look at 'headrace top'");
        }
        (ProgramInfo before, ProgramInfo after, TimeSpan elapsed) = Measure(program, TimeSpan.FromSeconds(seconds));
        ulong runs = after.RunCount - before.RunCount, time = after.RunTime - before.RunTime;
        answer.Write(
            json =>
            {
                json.WriteStartArray();
                foreach ((string name, ulong value) in ((string, ulong)[])[("run_cnt", runs), ("run_time_ns", time)])
                {
                    json.WriteStartObject();
                    json.WriteString("metric", name);
                    json.WriteNumber("run_cnt", runs);
                    json.WriteNumber("value", value);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            },
            output =>
            {
                output.WriteLine($"{runs,18} run_cnt");
                output.WriteLine(runs == 0
                    ? $"{time,18} run_time_ns"
                    : $"{time,18} run_time_ns         # {time / (double)runs:F1} ns a run, {100.0 * time / elapsed.TotalNanoseconds:F2} % of a processor");
            });
        return ExitCode.Done;
    }

    private static (ProgramInfo Before, ProgramInfo After, TimeSpan Elapsed) Measure(KernelProgram program, TimeSpan duration)
    {
        using var statistics = RunStatistics.Enable();
        var watch = Stopwatch.StartNew();
        ProgramInfo before = program.GetInfo();
        Thread.Sleep(duration);
        return (before, program.GetInfo(), watch.Elapsed);
    }
}
