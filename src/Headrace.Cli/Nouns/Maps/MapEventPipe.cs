using Headrace.Bytecode;
using Headrace.Linux;

namespace Headrace.Cli.Nouns.Maps;

/// <summary><c>map event_pipe</c>: what programs send by a ring buffer or a perf event array, as it comes, until the command is stopped.</summary>
internal sealed class MapEventPipe() : KernelAction("event_pipe")
{
    private const int SampleRecord = 9; // PERF_RECORD_SAMPLE, include/uapi/linux/perf_event.h
    private const int Patience = 100;

    public override IReadOnlyList<string> Forms => ["event_pipe MAP [count N]"];

    public override int Run(Keywords words, Answer answer)
    {
        using KernelMap map = MapChoices.ReadOne(words);
        long left = long.MaxValue;
        if (words.AcceptAny("cpu", "index") is { } keyword)
            throw new UsageException($"{keyword}: all processors are read at once here, leave it out");
        if (words.Accept("count"))
            left = (long)words.Number("count", long.MaxValue);
        words.End();
        using var stop = new CancellationTokenSource();
        void Stop(object? sender, ConsoleCancelEventArgs cancel)
        {
            cancel.Cancel = true;
            stop.Cancel();
        }
        Console.CancelKeyPress += Stop;
        try
        {
            void Show(ReadOnlySpan<byte> record)
            {
                if (left-- > 0)
                    Write(record.ToArray(), answer);
            }
            if (map.Type == MapType.PerfEventArray)
                ReadPerfEvents(map, Show, () => left > 0 && !stop.IsCancellationRequested, answer);
            else
                ReadRing(map, Show, () => left > 0 && !stop.IsCancellationRequested, answer);
        }
        finally
        {
            Console.CancelKeyPress -= Stop;
        }
        return ExitCode.Done;
    }

    private static void ReadRing(KernelMap map, RecordHandler show, Func<bool> goesOn, Answer answer)
    {
        if (map.Type != MapType.RingBuffer)
            throw new HeadraceException($"map {map.Id} is of type {MapTypeNames.Of(map.Type)}: events come by ring buffers and perf event arrays");
        using var reader = new RingBufferReader(map);
        while (goesOn())
        {
            // One at a time: what is not shown stays for the next reader.
            if (reader.Read(show, 1) > 0)
                continue;
            answer.Out.Flush();
            reader.Wait(Patience);
        }
        answer.Out.Flush();
    }

    private static void ReadPerfEvents(KernelMap map, RecordHandler show, Func<bool> goesOn, Answer answer)
    {
        using var reader = new PerfEventReader(map);
        long lost = 0;
        while (goesOn())
        {
            if (reader.Read(show) == 0)
                reader.Wait(Patience);
            if (reader.Lost > lost)
                WriteLost(reader.Lost - lost, answer);
            lost = reader.Lost;
            answer.Out.Flush();
        }
    }

    private static void Write(byte[] record, Answer answer) => answer.Write(
        json =>
        {
            json.WriteStartObject();
            json.WriteNumber("type", SampleRecord);
            json.WriteBytes("data", record);
            json.WriteEndObject();
        },
        output => output.WriteLine(KernelText.Spaced(record)));

    private static void WriteLost(long count, Answer answer) => answer.Write(
        json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("lost");
            json.WriteNumber("count", count);
            json.WriteEndObject();
            json.WriteEndObject();
        },
        output => output.WriteLine($"lost {count} events"));
}
