using System.Text.Json;
using Headrace.Objects;

namespace Headrace.Testing;

/// <summary>The map contents that lie beside the programs, <c>PROGRAM.MAP.json</c>.</summary>
public static class ProgramMaps
{
    /// <summary>Loads an object of <c>programs/</c> and puts in all the contents there are for it.</summary>
    public static CollectionSpec LoadFilled(string name)
    {
        var spec = CollectionSpec.Load(Path.Combine(Repository.Programs, name + ".bpf.o"));
        foreach (string path in Directory.GetFiles(Repository.Programs, name + ".*.json").Order(StringComparer.Ordinal))
            spec.Maps[Path.GetFileName(path).Split('.')[1]].Entries.AddRange(Read(path));
        return spec;
    }

    /// <summary>The elements of a file in the form of <c>--map</c>.</summary>
    public static IReadOnlyList<MapEntrySpec> Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. document.RootElement.EnumerateArray().Select(element => new MapEntrySpec(Bytes(element, "key"), Bytes(element, "value")))];

        static byte[] Bytes(JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);
    }
}
