using System.Text.Json;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Cli.Runs;

/// <summary>A JSON file of map elements: <c>[{"key":"hex","value":"hex"},...]</c>.</summary>
internal static class MapFile
{
    /// <summary>Adds what <c>NAME=FILE.json</c> says to the spec's map, so that it is there when the collection is loaded.</summary>
    /// <exception cref="UsageException">The argument has no NAME=FILE form.</exception>
    /// <exception cref="HeadraceException">There is no such map or file, or an element is not of the form.</exception>
    public static void Apply(string argument, CollectionSpec spec)
    {
        int equals = argument.IndexOf('=');
        if (equals <= 0 || equals == argument.Length - 1)
            throw new UsageException($"--map {argument}: the form is NAME=FILE.json");
        string name = argument[..equals], path = argument[(equals + 1)..];
        if (!spec.Maps.Contains(name))
            throw new HeadraceException($"{spec.Source} has no map '{name}'; it has: {string.Join(", ", spec.Maps.Select(map => map.Name))}");
        MapSpec map = spec.Maps[name];
        int index = 0;
        foreach (JsonElement element in Read(path).EnumerateArray())
        {
            map.Entries.Add(new MapEntrySpec(Field(element, "key", path, index), Field(element, "value", path, index)));
            index++;
        }
    }

    private static JsonElement Read(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(InputText.Read(path));
            if (document.RootElement.ValueKind == JsonValueKind.Array)
                return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw new HeadraceException($"{path}: {error.Message}", error);
        }
        throw new HeadraceException($"{path}: a JSON array of {{\"key\":\"hex\",\"value\":\"hex\"}} is wanted");
    }

    private static byte[] Field(JsonElement element, string field, string path, int index) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? Hex.Parse(value.GetString()!, $"{path}: element {index}: {field}")
            : throw new HeadraceException($"{path}: element {index} has no \"{field}\" of hex bytes");
}
