using System.Text.Json;
using Headrace.Bytecode;

namespace Headrace.Engine;

/// <summary>Map contents as JSON: <c>[{"key":"hex","value":"hex"}, ...]</c>; values of per-CPU maps are arrays of hex, one a CPU.</summary>
public static class MapJson
{
    /// <summary>Puts the elements of a JSON document into a map. A single value given to a per-CPU map goes to every CPU.</summary>
    /// <param name="map">The map.</param>
    /// <param name="utf8Json">The document; white space inside hex is ignored. Maps without keys take elements without <c>key</c>.</param>
    /// <returns>Elements put in.</returns>
    /// <exception cref="MapException">The document is not of that form, a size is wrong, or the map refuses an element; the message has the element's index.</exception>
    public static int Load(Map map, ReadOnlyMemory<byte> utf8Json)
    {
        ArgumentNullException.ThrowIfNull(map);
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8Json);
            if (document.RootElement.ValueKind != JsonValueKind.Array)
                throw Malformed(map, "an array of {\"key\", \"value\"} is wanted");
            int index = 0;
            foreach (JsonElement element in document.RootElement.EnumerateArray())
                LoadElement(map, element, index++);
            return index;
        }
        catch (JsonException error)
        {
            throw Malformed(map, error.Message);
        }
    }

    /// <summary>Writes a map's elements as a JSON array. Maps whose elements cannot be listed give an empty array.</summary>
    public static void Dump(Map map, Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartArray();
        if (map.KeySize != 0 && map.Type is not (MapType.XskMap or MapType.PerfEventArray) && (map.Flags & MapFlags.WriteOnly) == 0)
        {
            foreach ((byte[] key, byte[] value) in map.Entries())
                DumpElement(map, writer, key, value);
        }
        writer.WriteEndArray();
    }

    private static void DumpElement(Map map, Utf8JsonWriter writer, byte[] key, byte[] value)
    {
        writer.WriteStartObject();
        writer.WriteString("key", Convert.ToHexStringLower(key));
        if (!MapFit.IsPerCpu(map.Type))
        {
            writer.WriteString("value", Convert.ToHexStringLower(value));
        }
        else
        {
            writer.WriteStartArray("value");
            int stride = map.UserValueSize / map.Cpus;
            for (int cpu = 0; cpu < map.Cpus; cpu++)
                writer.WriteStringValue(Convert.ToHexStringLower(value.AsSpan(cpu * stride, map.ValueSize)));
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    private static void LoadElement(Map map, JsonElement element, int index)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("value", out JsonElement given))
            throw Malformed(map, $"element {index} is no object with \"key\" and \"value\"");
        byte[] key = element.TryGetProperty("key", out JsonElement keyText) ? Bytes(map, keyText, index, "key") : [];
        byte[] value = MapFit.IsPerCpu(map.Type) ? PerCpuValue(map, given, index) : Bytes(map, given, index, "value");
        try
        {
            map.Update(key, value);
        }
        catch (MapException error)
        {
            throw new MapException(map.Name, "load", error.Errno, $"element {index}: {error.Message}");
        }
    }

    private static byte[] PerCpuValue(Map map, JsonElement given, int index)
    {
        byte[] all = new byte[map.UserValueSize];
        int stride = map.UserValueSize / map.Cpus;
        bool single = given.ValueKind != JsonValueKind.Array;
        if (!single && given.GetArrayLength() > map.Cpus)
            throw Malformed(map, $"element {index} has values for {given.GetArrayLength()} CPUs, the map for {map.Cpus}");
        int count = single ? map.Cpus : given.GetArrayLength();
        for (int cpu = 0; cpu < count; cpu++)
        {
            byte[] value = Bytes(map, single ? given : given[cpu], index, "value");
            if (value.Length != map.ValueSize)
                throw Malformed(map, $"element {index}: a value has {value.Length} bytes, one CPU's has {map.ValueSize}");
            value.CopyTo(all, cpu * stride);
        }
        return all;
    }

    private static byte[] Bytes(Map map, JsonElement text, int index, string what)
    {
        try
        {
            if (text.ValueKind == JsonValueKind.String)
                return Convert.FromHexString(string.Concat(text.GetString()!.Where(character => !char.IsWhiteSpace(character))));
        }
        catch (FormatException)
        {
            throw Malformed(map, $"element {index}: \"{what}\" is no hex: {text.GetString()}");
        }
        throw Malformed(map, $"element {index}: \"{what}\" is no string of hex digits");
    }

    private static MapException Malformed(Map map, string reason) => new(map.Name, "load", Errno.EINVAL, reason);
}
