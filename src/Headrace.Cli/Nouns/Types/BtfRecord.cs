using System.Text.Json;
using Headrace.Linux;

namespace Headrace.Cli.Nouns.Types;

/// <summary>What is shown of a set of types.</summary>
/// <param name="Info">What the kernel tells.</param>
/// <param name="Programs">The programs that use it.</param>
/// <param name="Maps">The maps that use it.</param>
internal sealed record BtfRecord(BtfInfo Info, IReadOnlyList<uint> Programs, IReadOnlyList<uint> Maps) : IRecord
{
    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("id", Info.Id);
        json.WriteNumber("size", Info.Size);
        json.WriteNumbers("prog_ids", Programs);
        json.WriteNumbers("map_ids", Maps);
        json.WriteBoolean("kernel", Info.IsKernel);
        if (Info.Name.Length > 0)
            json.WriteString("name", Info.Name);
        json.WriteEndObject();
    }

    public void WriteText(TextWriter output)
    {
        output.Write($"{Info.Id}: name {(Info.IsKernel ? $"[{Info.Name}]" : Info.Name.Length > 0 ? Info.Name : "<anon>")}  size {Info.Size}B");
        if (Programs.Count > 0)
            output.Write($"  prog_ids {string.Join(',', Programs)}");
        if (Maps.Count > 0)
            output.Write($"  map_ids {string.Join(',', Maps)}");
        output.WriteLine();
    }
}
