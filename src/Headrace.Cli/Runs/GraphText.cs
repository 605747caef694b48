using System.Globalization;
using Headrace.Dataflow;

namespace Headrace.Cli.Runs;

/// <summary>What the passes did to a graph, its size, and what the token simulator counted, for people.</summary>
internal static class GraphText
{
    /// <summary>The passes that <c>--disable-pass</c> leaves.</summary>
    /// <exception cref="UsageException">There is no pass of a name.</exception>
    public static PassOptions PassesWithout(string[] disabled)
    {
        try
        {
            return disabled.Contains("all") ? PassOptions.None : PassOptions.Without(disabled);
        }
        catch (ArgumentException error)
        {
            throw new UsageException($"--disable-pass: {error.Message}");
        }
    }

    public static void Write(IReadOnlyList<PassReport> reports, TextWriter writer)
    {
        Line(writer, $"{"pass",-24} {"changes",8} {"actors",8} {"us",8}");
        foreach (PassReport report in reports)
            Line(writer, $"{report.Name,-24} {report.Changes,8} {report.ActorsAfter - report.ActorsBefore,8:+0;-0;0} {report.Time.TotalMicroseconds,8:f0}  {report.Summary}");
    }

    public static void Write(Graph graph, TextWriter writer)
    {
        GraphStatistics statistics = GraphStatistics.Of(graph);
        Line(writer, $"{statistics.Functions} functions, {statistics.Blocks} blocks, {statistics.Actors} actors, {statistics.Links} links; critical path {statistics.CriticalCycles} cycles, parallelism {statistics.Parallelism:f1}");
    }

    public static void Write(SimulationCounts counts, TextWriter writer)
    {
        if (counts.Packets == 0)
            return;
        double packets = counts.Packets;
        Line(writer, $"{packets} packets: {counts.Firings / packets:f1} firings a packet, {counts.PacketCycles / packets:f1} cycles from begin to verdict (longest {counts.LongestPacket}),");
        Line(writer, $"{counts.Cycles / packets:f1} cycles a packet with several in flight; {counts.AverageParallelism:f1} actors fire in a cycle, at most {counts.PeakParallelism}; at most {counts.PeakTokens} tokens wait");
    }

    private static void Line(TextWriter writer, FormattableString text) => writer.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
