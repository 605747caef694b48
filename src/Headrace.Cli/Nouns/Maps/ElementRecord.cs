using System.Globalization;
using System.Text.Json;
using Headrace.Cli.Nouns.Types;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Cli.Nouns.Maps;

/// <summary>An element of a map as it is shown.</summary>
/// <param name="Key">The key's bytes; empty for queues and stacks.</param>
/// <param name="Values">The value's bytes, one a processor for per-CPU maps; null where there is none.</param>
/// <param name="IsPerCpu">True when there is one a processor.</param>
/// <param name="Types">What the bytes mean; null when nobody knows.</param>
/// <param name="Error">Why there is no value.</param>
internal sealed record ElementRecord(byte[] Key, IReadOnlyList<byte[]>? Values, bool IsPerCpu, MapTypes? Types, string Error = "") : IRecord
{
    /// <summary>Makes one of what a look-up answered.</summary>
    public static ElementRecord Of(KernelMap map, byte[] key, byte[] buffer, MapTypes? types)
    {
        if (!map.IsPerCpu)
            return new ElementRecord(key, [buffer], false, types);
        int stride = (map.ValueSize + 7) & ~7;
        return new ElementRecord(key, [.. Enumerable.Range(0, buffer.Length / stride).Select(cpu => buffer.AsSpan(cpu * stride, map.ValueSize).ToArray())], true, types);
    }

    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteBytes("key", Key);
        if (Values is null)
        {
            json.WriteStartObject("value");
            json.WriteString("error", Error);
            json.WriteEndObject();
        }
        else
        {
            WriteValues(json, static (json, name, value) => json.WriteBytes(name, value));
            if (Types is not null)
                WriteFormatted(json, Types);
        }
        json.WriteEndObject();
    }

    public void WriteText(TextWriter output)
    {
        if (Values is null)
            output.WriteLine($"key: {KernelText.Spaced(Key)}  value: <{Error}>");
        else if (Types is not null)
            output.WriteLine(Formatted(Types));
        else if (IsPerCpu)
            WritePerCpu(output);
        else
            output.WriteLine($"{(Key.Length > 0 ? $"key: {KernelText.Spaced(Key)}  " : "")}value: {KernelText.Spaced(Values[0])}");
    }

    private void WriteValues(Utf8JsonWriter json, Action<Utf8JsonWriter, string, byte[]> write)
    {
        if (!IsPerCpu)
        {
            write(json, "value", Values![0]);
            return;
        }
        json.WriteStartArray("values");
        for (int cpu = 0; cpu < Values!.Count; cpu++)
        {
            json.WriteStartObject();
            json.WriteNumber("cpu", cpu);
            write(json, "value", Values[cpu]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteFormatted(Utf8JsonWriter json, MapTypes types)
    {
        var values = new BtfValueJson(types.Types, json);
        json.WriteStartObject("formatted");
        if (types.KeyId != 0 && Key.Length > 0)
        {
            json.WritePropertyName("key");
            values.Write(types.KeyId, Key);
        }
        WriteValues(json, (json, name, value) =>
        {
            json.WritePropertyName(name);
            values.Write(types.ValueId, value);
        });
        json.WriteEndObject();
    }

    private string Formatted(MapTypes types)
    {
        string key = types.KeyId != 0 && Key.Length > 0 ? $"key: {BtfValues.Format(types.Types, types.KeyId, Key)}  " : "";
        IEnumerable<string> values = Values!.Select(value => BtfValues.Format(types.Types, types.ValueId, value));
        return IsPerCpu
            ? $"{key}values:{string.Concat(values.Select((value, cpu) => string.Create(CultureInfo.InvariantCulture, $"  [{cpu}] {value}")))}"
            : $"{key}value: {values.First()}";
    }

    private void WritePerCpu(TextWriter output)
    {
        output.WriteLine($"key:\n{KernelText.Spaced(Key)}");
        for (int cpu = 0; cpu < Values!.Count; cpu++)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"value (CPU {cpu:00}): {KernelText.Spaced(Values[cpu])}"));
    }
}
