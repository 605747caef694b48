using System.Text;
using System.Text.Json;
using Headrace.Ports;

namespace Headrace.Cli.Forward;

/// <summary>What a loop counted, as a line of JSON.</summary>
internal static class ForwardJson
{
    private static readonly (string Name, double Share)[] s_quantiles = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999), ("max", 1)];

    /// <summary>One document.</summary>
    /// <param name="forwarder">The loop.</param>
    /// <param name="isFinal">True for the balance after a stop.</param>
    public static string Line(Forwarder forwarder, bool isFinal)
    {
        ForwarderStatistics statistics = forwarder.ReadStatistics();
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", DateTimeOffset.UtcNow);
            json.WriteBoolean("final", isFinal);
            json.WriteNumber("received", statistics.Received);
            json.WriteNumber("copies", statistics.Copies);
            json.WriteNumber("aborted", statistics.Aborted);
            json.WriteNumber("dropped", statistics.Dropped);
            json.WriteNumber("passed", statistics.Passed);
            json.WriteNumber("sent", statistics.Sent);
            json.WriteNumber("redirected", statistics.Redirected);
            WriteCounts(json, "refused", statistics.Refused.Select(pair => new KeyValuePair<string, long>(pair.Key.ToString(), pair.Value)));
            json.WriteNumber("inFlight", statistics.InFlight);
            json.WriteNumber("undrained", statistics.Undrained);
            json.WriteStartArray("ports");
            for (int i = 0; i < statistics.Ports.Count; i++)
                WritePort(json, forwarder.Ports[i], statistics.Ports[i]);
            json.WriteEndArray();
            json.WriteStartArray("cpuSeconds");
            foreach (TimeSpan time in statistics.ProcessorTime)
                json.WriteNumberValue(Math.Round(time.TotalSeconds, 3));
            json.WriteEndArray();
            json.WriteStartObject("latencyNs");
            json.WriteNumber("count", statistics.Latency.Count);
            foreach ((string name, double share) in s_quantiles)
                json.WriteNumber(name, statistics.Latency.Quantile(share));
            json.WriteEndObject();
            WriteAborts(json, forwarder.AbortSamples);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WritePort(Utf8JsonWriter json, IPacketPort port, PortStatistics statistics)
    {
        json.WriteStartObject();
        json.WriteString("port", port.Spec.Text);
        json.WriteNumber("ifindex", port.Ifindex);
        json.WriteNumber("received", statistics.Received);
        json.WriteNumber("receivedBytes", statistics.ReceivedBytes);
        json.WriteNumber("sent", statistics.Sent);
        json.WriteNumber("sentBytes", statistics.SentBytes);
        WriteCounts(json, "refused", statistics.Refused.Select(pair => new KeyValuePair<string, long>(pair.Key.ToString(), pair.Value)));
        WriteCounts(json, "missed", statistics.Missed);
        if (port.DownReason is { } reason)
            json.WriteString("down", reason);
        json.WriteEndObject();
    }

    private static void WriteAborts(Utf8JsonWriter json, IReadOnlyList<AbortSample> samples)
    {
        if (samples.Count == 0)
            return;
        json.WriteStartArray("abortSamples");
        foreach (AbortSample sample in samples)
        {
            json.WriteStartObject();
            json.WriteString("time", sample.Time);
            json.WriteString("port", sample.Port);
            json.WriteString("reason", sample.Reason);
            json.WriteNumber("length", sample.Length);
            json.WriteString("start", Convert.ToHexStringLower(sample.Start));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteCounts(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, long>> counts)
    {
        json.WriteStartObject(name);
        foreach ((string cause, long count) in counts)
            json.WriteNumber(cause, count);
        json.WriteEndObject();
    }
}
