using System.Text.Encodings.Web;
using System.Text.Json;

namespace Headrace.Cli.Runs;

/// <summary>Renders a <see cref="RunReport"/> as the one JSON document that scripts rely on.</summary>
internal static class JsonRenderer
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(RunReport report, TextWriter output)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartObject();
            json.WriteString("object", report.Object);
            json.WriteString("program", report.Program);
            json.WriteString("engine", report.Engine);
            json.WriteNumber("packets", report.Replay.Packets);
            json.WriteNumber("bytes", report.Replay.Bytes);
            json.WriteStartObject("verdicts");
            foreach ((string name, long count) in report.Verdicts())
                json.WriteNumber(name, count);
            json.WriteEndObject();
            json.WriteNumber("nsPerPacket", Math.Round(report.Replay.NanosecondsPerPacket, 3));
            if (report.Maps is not null)
                WriteMaps(report.Maps, json);
            json.WriteEndObject();
        }
        output.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    // The form that --map reads: a dump can be loaded again. Values of per-CPU maps are a list, one a CPU.
    private static void WriteMaps(IReadOnlyList<MapDump> maps, Utf8JsonWriter json)
    {
        json.WriteStartObject("maps");
        foreach (MapDump map in maps)
        {
            json.WriteStartArray(map.Spec.Name);
            foreach (MapDumpEntry entry in map.Entries)
            {
                json.WriteStartObject();
                json.WriteString("key", Convert.ToHexStringLower(entry.Key));
                if (entry.Values.Count == 1)
                {
                    json.WriteString("value", Convert.ToHexStringLower(entry.Values[0]));
                }
                else
                {
                    json.WriteStartArray("value");
                    foreach (byte[] value in entry.Values)
                        json.WriteStringValue(Convert.ToHexStringLower(value));
                    json.WriteEndArray();
                }
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }
}
