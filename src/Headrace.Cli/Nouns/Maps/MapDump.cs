using System.Text.Json;
using Headrace.Bytecode;
using Headrace.Linux;

namespace Headrace.Cli.Nouns.Maps;

/// <summary><c>map dump</c>: every element.</summary>
internal sealed class MapDump() : KernelAction("dump")
{
    private const int NoEntry = 2; // ENOENT

    public override IReadOnlyList<string> Forms => ["dump MAP"];

    public override int Run(Keywords words, Answer answer)
    {
        IReadOnlyList<KernelMap> maps = MapChoices.Read(words);
        words.End();
        if (!answer.Json)
        {
            foreach (KernelMap map in maps)
            {
                using (map)
                    WriteText(map, answer.Out);
            }
            return ExitCode.Done;
        }
        answer.WriteJson(json =>
        {
            if (maps.Count > 1)
                json.WriteStartArray();
            foreach (KernelMap map in maps)
            {
                using (map)
                {
                    if (maps.Count == 1)
                        json.WriteStartArray();
                    else
                        WriteHead(map.GetInfo(), json);
                    foreach (ElementRecord element in ElementsOf(map))
                    {
                        element.WriteJson(json);
                        answer.Relieve(json);
                    }
                    json.WriteEndArray();
                    if (maps.Count != 1)
                        json.WriteEndObject();
                }
            }
            if (maps.Count > 1)
                json.WriteEndArray();
        });
        return ExitCode.Done;
    }

    private static void WriteHead(MapInfo info, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("id", info.Id);
        json.WriteString("type", MapTypeNames.Of(info.Type));
        if (info.Name.Length > 0)
            json.WriteString("name", info.Name);
        json.WriteNumber("flags", (uint)info.Flags);
        json.WriteStartArray("elements");
    }

    private static void WriteText(KernelMap map, TextWriter output)
    {
        long count = 0;
        foreach (ElementRecord element in ElementsOf(map))
        {
            element.WriteText(output);
            count += element.Values is null ? 0 : 1;
        }
        output.WriteLine($"Found {count} element{(count == 1 ? "" : "s")}");
    }

    private static IEnumerable<ElementRecord> ElementsOf(KernelMap map)
    {
        MapInfo info = map.GetInfo();
        if (info.KeySize == 0)
            throw new HeadraceException($"map {info.Id} ({MapTypeNames.Of(info.Type)}) has no keys to go through: {(info.Type is MapType.Queue or MapType.Stack ? "map peek and map pop read it" : "map event_pipe reads ring buffers")}");
        MapTypes? types = MapTypes.Of(info);
        if (info.Type is MapType.Hash or MapType.Array or MapType.PerCpuHash or MapType.PerCpuArray or MapType.LruHash or MapType.LruPerCpuHash or MapType.LpmTrie)
        {
            foreach ((byte[] key, byte[] value) in map.Elements())
                yield return ElementRecord.Of(map, key, value, types);
            yield break;
        }
        // Of other types a place may be empty or not readable, which is told element by element.
        bool skipsEmpty = info.Type is MapType.ArrayOfMaps or MapType.HashOfMaps or MapType.ProgramArray;
        foreach (byte[] key in map.Keys())
        {
            if (Read(map, key, types) is { } element && (element.Values is not null || !skipsEmpty))
                yield return element;
        }
    }

    private static ElementRecord Read(KernelMap map, byte[] key, MapTypes? types)
    {
        byte[] value = new byte[map.ValueBufferSize];
        try
        {
            return map.Lookup(key, value)
                ? ElementRecord.Of(map, key, value, types)
                : new ElementRecord(key, null, map.IsPerCpu, types, KernelText.ErrorText(NoEntry));
        }
        catch (KernelException error)
        {
            return new ElementRecord(key, null, map.IsPerCpu, types, KernelText.ErrorText(error.Errno));
        }
    }
}
