using System.Diagnostics;
using System.Globalization;
using Headrace.Ports;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Headrace.Cli.Forward;

/// <summary>A running loop for a person: rates since the last look, and sums.</summary>
internal sealed class ForwardTable(Forwarder forwarder)
{
    private ForwarderStatistics _before = forwarder.ReadStatistics();
    private long _then = Stopwatch.GetTimestamp();

    /// <summary>What to show now.</summary>
    public IRenderable Render()
    {
        ForwarderStatistics now = forwarder.ReadStatistics();
        double seconds = Math.Max(1e-6, Stopwatch.GetElapsedTime(_then).TotalSeconds);
        _then = Stopwatch.GetTimestamp();
        var parts = new Rows(Ports(now, seconds), Outcomes(now, seconds), new Text(LastLine(now, seconds)));
        _before = now;
        return parts;
    }

    /// <summary>The balance, for the end.</summary>
    public static string Balance(ForwarderStatistics statistics)
    {
        string refused = statistics.Refused.Count == 0 ? "" : $" ({string.Join(", ", statistics.Refused.Select(pair => $"{pair.Key}: {Number(pair.Value)}"))})";
        string copies = statistics.Copies == 0 ? "" : $" + copies {Number(statistics.Copies)}";
        string rest = statistics.InFlight == 0 ? "" : $" + unaccounted {Number(statistics.InFlight)}";
        string undrained = statistics.Undrained == 0 ? "" : $"; of those sent, {Number(statistics.Undrained)} were not taken in time";
        string missed = statistics.Ports.Sum(port => port.Missed.Values.Sum()) is > 0 and var lost ? $"; lost before they were received: {Number(lost)}" : "";
        return $"received {Number(statistics.Received)}{copies} = dropped {Number(statistics.Dropped)} + passed {Number(statistics.Passed)} + sent {Number(statistics.Sent)}"
            + $" + redirected {Number(statistics.Redirected)} + aborted {Number(statistics.Aborted)} + refused {Number(statistics.AllRefused)}{refused}{rest}{undrained}{missed}";
    }

    private Table Ports(ForwarderStatistics now, double seconds)
    {
        Table table = NewTable("port", "rx/s", "rx Mbit/s", "tx/s", "tx Mbit/s", "refused", "missed");
        for (int i = 0; i < now.Ports.Count; i++)
        {
            (PortStatistics port, PortStatistics before) = (now.Ports[i], _before.Ports[i]);
            string down = forwarder.Ports[i].DownReason is { } reason ? $" [red]{Markup.Escape(reason)}[/]" : "";
            table.AddRow(Markup.Escape(forwarder.Ports[i].Spec.Text) + down,
                Rate(port.Received - before.Received, seconds), Rate((port.ReceivedBytes - before.ReceivedBytes) * 8 / 1e6, seconds),
                Rate(port.Sent - before.Sent, seconds), Rate((port.SentBytes - before.SentBytes) * 8 / 1e6, seconds),
                Number(port.Refused.Values.Sum()), Number(port.Missed.Values.Sum()));
        }
        return table;
    }

    private Table Outcomes(ForwarderStatistics now, double seconds)
    {
        Table table = NewTable("packets", "a second", "in all");
        (string Name, long Now, long Before)[] rows =
        [
            ("received", now.Received, _before.Received), ("dropped", now.Dropped, _before.Dropped), ("passed", now.Passed, _before.Passed),
            ("sent", now.Sent, _before.Sent), ("redirected", now.Redirected, _before.Redirected), ("aborted", now.Aborted, _before.Aborted),
            .. now.Refused.Select(pair => ($"refused: {pair.Key}", pair.Value, _before.Refused.GetValueOrDefault(pair.Key))),
        ];
        foreach ((string name, long count, long before) in rows)
            table.AddRow(name, Rate(count - before, seconds), Number(count));
        return table;
    }

    private string LastLine(ForwarderStatistics now, double seconds)
    {
        string workers = string.Join(", ", now.ProcessorTime.Select((time, i) =>
            $"{(time - _before.ProcessorTime[i]).TotalSeconds / seconds * 100:F0} %"));
        string Micro(double share) => (now.Latency.Quantile(share) / 1000.0).ToString("F1", CultureInfo.InvariantCulture);
        return $"in flight {now.InFlight}   workers {workers}   latency µs: median {Micro(0.5)}, 99 % {Micro(0.99)}, longest {Micro(1)}   Ctrl+C stops";
    }

    private static Table NewTable(string label, params string[] numbers)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn(label);
        foreach (string number in numbers)
            table.AddColumn(new TableColumn(number).RightAligned());
        return table;
    }

    private static string Rate(double count, double seconds) => (count / seconds).ToString("N0", CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
