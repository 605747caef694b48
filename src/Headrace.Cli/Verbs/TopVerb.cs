using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Headrace.Linux;
using Headrace.Objects;
using Spectre.Console;

namespace Headrace.Cli.Verbs;

/// <summary><c>headrace top</c>: which programs run, how often and how long.</summary>
internal sealed class TopVerb : Verb
{
    private readonly Option<double> _interval = new("--interval", "-i") { Description = "Seconds between two looks", HelpName = "SECONDS", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _count = new("--count", "-c") { Description = "Looks to take; left out, until Ctrl+C", HelpName = "N" };
    private readonly Option<bool> _json = new("--json", "-j") { Description = "Answer a JSON document a look, a line each" };

    public TopVerb() : base("top", "Shows live which programs run in this machine's kernel, how often and how long.")
    {
        Add(_interval);
        Add(_count);
        Add(_json);
    }

    public override IReadOnlyList<(string Line, string Purpose)> Examples =>
    [
        ("headrace top", "a table that is kept up to date, busiest first"),
        ("headrace top --json --interval 10 --count 6", "a minute in six lines for a script"),
    ];

    public override int Run(ParseResult arguments, Terminal terminal)
    {
        double seconds = arguments.GetValue(_interval);
        int count = arguments.GetValue(_count);
        if (seconds is < 0.01 or > 86400 or double.NaN)
            throw new UsageException("--interval: 0.01 to 86400 seconds");
        if (count < 0)
            throw new UsageException("--count: at least 1");
        TimeSpan interval = TimeSpan.FromSeconds(seconds);
        using var stop = new CancellationTokenSource();
        void Stop(object? sender, ConsoleCancelEventArgs cancel)
        {
            cancel.Cancel = true;
            stop.Cancel();
        }
        Console.CancelKeyPress += Stop;
        try
        {
            // Counting ends with the sampler, also where the process is killed: the kernel holds it by a descriptor.
            using ActivitySampler sampler = ActivitySampler.Start();
            if (arguments.GetValue(_json))
                Each(sampler, interval, count, stop.Token, activities => WriteJson(activities, terminal.Out));
            else if (terminal.IsInteractive)
                AnsiConsole.Live(Table([])).Overflow(VerticalOverflow.Crop).Cropping(VerticalOverflowCropping.Bottom).Start(live => Each(sampler, interval, count, stop.Token, activities => live.UpdateTarget(Table(activities))));
            else
                Each(sampler, interval, count, stop.Token, activities => WriteText(activities, terminal.Out));
        }
        finally
        {
            Console.CancelKeyPress -= Stop;
        }
        return ExitCode.Done;
    }

    private static void Each(ActivitySampler sampler, TimeSpan interval, int count, CancellationToken stop, Action<IReadOnlyList<ProgramActivity>> show)
    {
        for (int look = 0; count == 0 || look < count; look++)
        {
            if (stop.WaitHandle.WaitOne(interval))
                return;
            show([.. sampler.Sample().OrderByDescending(activity => activity.RunTime).ThenBy(activity => activity.Program.Id)]);
        }
    }

    private static Table Table(IReadOnlyList<ProgramActivity> activities)
    {
        Table table = new Table().Border(TableBorder.None);
        foreach (string head in (string[])["id", "type", "program", "runs/s", "ns/run", "CPU %"])
        {
            var column = new TableColumn($"[bold]{head}[/]");
            table.AddColumn(head is "type" or "program" ? column : column.RightAligned());
        }
        foreach (ProgramActivity activity in activities)
            table.AddRow([.. Cells(activity).Select(Markup.Escape)]);
        if (activities.Count == 0)
            table.Caption("[grey]no program is loaded, or the first look is not over[/]");
        return table;
    }

    private static string[] Cells(ProgramActivity activity) =>
    [
        activity.Program.Id.ToString(CultureInfo.InvariantCulture),
        KernelWords.Of(activity.Program.Type),
        activity.Program.Name,
        activity.RunsPerSecond.ToString("N0", CultureInfo.InvariantCulture),
        activity.NanosecondsPerRun.ToString("N1", CultureInfo.InvariantCulture),
        activity.ProcessorPercent.ToString("F2", CultureInfo.InvariantCulture),
    ];

    private static void WriteText(IReadOnlyList<ProgramActivity> activities, TextWriter output)
    {
        output.WriteLine($"{"id",8}  {"type",-16} {"program",-16} {"runs/s",14} {"ns/run",10} {"CPU %",8}");
        foreach (string[] cells in activities.Select(Cells))
            output.WriteLine($"{cells[0],8}  {cells[1],-16} {cells[2],-16} {cells[3],14} {cells[4],10} {cells[5],8}");
        output.WriteLine();
        output.Flush();
    }

    private static void WriteJson(IReadOnlyList<ProgramActivity> activities, TextWriter output)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("seconds", activities.Count == 0 ? 0 : Math.Round(activities[0].Elapsed.TotalSeconds, 6));
            json.WriteStartArray("programs");
            foreach (ProgramActivity activity in activities)
            {
                json.WriteStartObject();
                json.WriteNumber("id", activity.Program.Id);
                json.WriteString("type", KernelWords.Of(activity.Program.Type));
                json.WriteString("name", activity.Program.Name);
                json.WriteNumber("runs", activity.Runs);
                json.WriteNumber("run_time_ns", (ulong)activity.RunTime.TotalNanoseconds);
                json.WriteNumber("runs_per_s", Math.Round(activity.RunsPerSecond, 1));
                json.WriteNumber("ns_per_run", Math.Round(activity.NanosecondsPerRun, 1));
                json.WriteNumber("cpu_percent", Math.Round(activity.ProcessorPercent, 3));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        output.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
        output.Flush();
    }
}
