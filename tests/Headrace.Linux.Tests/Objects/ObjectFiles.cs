using System.Text.Json;
using Headrace.Objects;
using Headrace.Testing;

namespace Headrace.Linux.Tests.Objects;

/// <summary>The committed objects with the map contents that lie beside them.</summary>
internal static class ObjectFiles
{
    /// <summary>Reads an object and gives its maps the elements of <c>OBJECT.MAP.json</c>.</summary>
    public static CollectionSpec Load(string name)
    {
        var spec = CollectionSpec.Load(Path.Combine(Repository.Programs, name));
        string stem = name[..name.IndexOf('.', StringComparison.Ordinal)];
        foreach (string path in Directory.GetFiles(Repository.Programs, stem + ".*.json"))
        {
            MapSpec map = spec.Maps[Path.GetFileName(path).Split('.')[1]];
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            foreach (JsonElement element in document.RootElement.EnumerateArray())
                map.Entries.Add(new MapEntrySpec(Bytes(element, "key"), Bytes(element, "value")));
        }
        return spec;
    }

    private static byte[] Bytes(JsonElement element, string field) => Convert.FromHexString(element.GetProperty(field).GetString()!);
}
