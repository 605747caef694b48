using System.Globalization;
using System.Text;

namespace Headrace.Ports;

/// <summary>What a loop counted, in the text format that Prometheus collects.</summary>
public static class PrometheusText
{
    private static readonly double[] s_quantiles = [0.5, 0.9, 0.99, 0.999, 1];

    /// <summary>Writes all counters of a loop.</summary>
    public static string Write(Forwarder forwarder)
    {
        ArgumentNullException.ThrowIfNull(forwarder);
        ForwarderStatistics statistics = forwarder.ReadStatistics();
        var text = new StringBuilder();
        WriteOutcomes(text, statistics);
        WritePorts(text, forwarder, statistics);
        Head(text, "headrace_worker_cpu_seconds_total", "counter", "Processor time of a worker.");
        for (int i = 0; i < statistics.ProcessorTime.Count; i++)
            Line(text, "headrace_worker_cpu_seconds_total", statistics.ProcessorTime[i].TotalSeconds, ("worker", i.ToString(CultureInfo.InvariantCulture)));
        Head(text, "headrace_latency_seconds", "summary", "From receive time stamp to transmit.");
        foreach (double quantile in s_quantiles)
            Line(text, "headrace_latency_seconds", statistics.Latency.Quantile(quantile) / 1e9, ("quantile", quantile.ToString(CultureInfo.InvariantCulture)));
        Line(text, "headrace_latency_seconds_count", statistics.Latency.Count);
        return text.ToString();
    }

    private static void WriteOutcomes(StringBuilder text, ForwarderStatistics statistics)
    {
        Head(text, "headrace_packets_total", "counter", "What became of the packets received.");
        foreach ((string outcome, long count) in (ReadOnlySpan<(string, long)>)
            [("aborted", statistics.Aborted), ("dropped", statistics.Dropped), ("passed", statistics.Passed), ("sent", statistics.Sent), ("redirected", statistics.Redirected)])
        {
            Line(text, "headrace_packets_total", count, ("outcome", outcome));
        }
        Head(text, "headrace_refused_total", "counter", "Packets that could not go where their verdict wanted them.");
        foreach (RefusalCause cause in Enum.GetValues<RefusalCause>())
            Line(text, "headrace_refused_total", statistics.Refused.GetValueOrDefault(cause), ("cause", cause.ToString()));
        Head(text, "headrace_in_flight", "gauge", "Packets received and not finished.");
        Line(text, "headrace_in_flight", statistics.InFlight);
    }

    private static void WritePorts(StringBuilder text, Forwarder forwarder, ForwarderStatistics statistics)
    {
        (string Name, string Help, Func<PortStatistics, long> Count)[] counters =
        [
            ("headrace_port_received_packets_total", "Packets received.", port => port.Received),
            ("headrace_port_received_bytes_total", "Bytes received.", port => port.ReceivedBytes),
            ("headrace_port_sent_packets_total", "Packets sent.", port => port.Sent),
            ("headrace_port_sent_bytes_total", "Bytes sent.", port => port.SentBytes),
        ];
        foreach ((string name, string help, Func<PortStatistics, long> count) in counters)
        {
            Head(text, name, "counter", help);
            for (int i = 0; i < statistics.Ports.Count; i++)
                Line(text, name, count(statistics.Ports[i]), ("port", forwarder.Ports[i].Spec.Text));
        }
        Head(text, "headrace_port_missed_total", "counter", "Packets lost beyond the port's reach.");
        for (int i = 0; i < statistics.Ports.Count; i++)
        {
            foreach ((string cause, long count) in statistics.Ports[i].Missed)
                Line(text, "headrace_port_missed_total", count, ("port", forwarder.Ports[i].Spec.Text), ("cause", cause));
        }
        Head(text, "headrace_port_up", "gauge", "1 while packets can move.");
        foreach (IPacketPort port in forwarder.Ports)
            Line(text, "headrace_port_up", port.DownReason is null ? 1 : 0, ("port", port.Spec.Text));
    }

    private static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private static void Line(StringBuilder text, string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        text.Append(name);
        for (int i = 0; i < labels.Length; i++)
            text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(Escape(labels[i].Value)).Append('"');
        text.Append(labels.IsEmpty ? " " : "} ").Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
