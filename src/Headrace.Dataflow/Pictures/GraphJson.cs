using System.Text.Json;

namespace Headrace.Dataflow;

/// <summary>Writes graphs as JSON, with everything that is known of each actor.</summary>
public static class GraphJson
{
    /// <summary>Writes one document.</summary>
    public static void Write(Graph graph, Utf8JsonWriter json, GraphProfile? profile = null)
    {
        GraphStatistics statistics = GraphStatistics.Of(graph);
        json.WriteStartObject();
        json.WriteString("program", graph.Program.Name);
        json.WriteBoolean("verified", graph.IsVerified);
        json.WriteStartObject("statistics");
        json.WriteNumber("functions", statistics.Functions);
        json.WriteNumber("blocks", statistics.Blocks);
        json.WriteNumber("actors", statistics.Actors);
        json.WriteNumber("links", statistics.Links);
        json.WriteNumber("criticalCycles", statistics.CriticalCycles);
        json.WriteNumber("parallelism", Math.Round(statistics.Parallelism, 3));
        if (profile is not null)
            json.WriteNumber("packets", profile.Packets);
        json.WriteEndObject();
        json.WriteStartArray("regions");
        foreach (Region region in graph.Regions.All)
        {
            json.WriteStartObject();
            json.WriteString("name", region.Name);
            json.WriteString("kind", region.Kind.ToString());
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("functions");
        foreach (GraphFunction function in graph.Functions)
            Write(graph, function, json, profile);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
    }

    private static void Write(Graph graph, GraphFunction function, Utf8JsonWriter json, GraphProfile? profile)
    {
        var critical = new CriticalPath(function);
        json.WriteStartObject();
        json.WriteString("name", function.Name);
        json.WriteStartArray("blocks");
        foreach (Block block in function.Blocks)
        {
            json.WriteStartObject();
            json.WriteNumber("id", block.Id);
            json.WriteNumber("slot", block.Slot);
            json.WriteBoolean("loop", block.IsLoopHead);
            json.WriteNumber("loopDepth", block.LoopDepth);
            json.WriteStartArray("exits");
            foreach (Block exit in block.Successors)
                json.WriteNumberValue(exit.Id);
            json.WriteEndArray();
            json.WriteStartArray("actors");
            foreach (Actor actor in block.Actors)
                Write(graph, actor, json, critical, profile);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("order");
        foreach (Link link in GraphLinks.Of(function).Where(link => link.Kind == LinkKind.Order))
        {
            json.WriteStartObject();
            json.WriteNumber("from", link.From.Id);
            json.WriteNumber("to", link.To.Id);
            Names(graph, json, "regions", link.Regions);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Graph graph, Actor actor, Utf8JsonWriter json, CriticalPath critical, GraphProfile? profile)
    {
        json.WriteStartObject();
        json.WriteNumber("id", actor.Id);
        json.WriteString("kind", actor.Kind.ToString());
        json.WriteString("text", ActorText.Of(actor));
        json.WriteNumber("slot", actor.Slot);
        if (graph.LineOf(actor) is { } line)
        {
            json.WriteString("file", line.File);
            json.WriteNumber("line", line.Line);
            json.WriteString("source", line.Text.Trim());
        }
        json.WriteStartArray("inputs");
        foreach (Actor input in actor.Inputs)
            json.WriteNumberValue(input.Id);
        json.WriteEndArray();
        if (actor.HasResult)
        {
            json.WriteNumber("min", actor.Facts.Min);
            json.WriteNumber("max", actor.Facts.Max);
            json.WriteNumber("width", actor.Facts.Width);
            if (actor.Facts is { Constant: { } constant, Pointer.Kind: PointerKind.None })
                json.WriteNumber("constant", constant);
            json.WriteString("liveBits", $"0x{actor.LiveBits:x}");
            if (actor.Facts.Pointer.Kind != PointerKind.None)
                json.WriteString("pointer", actor.Facts.Pointer.Kind.ToString());
            if (actor.Facts.Pointer is { Kind: PointerKind.MapValue or PointerKind.Map, Index: >= 0 and var map })
                json.WriteString("map", graph.Maps[map].Name);
            if (actor.Facts.Pointer.Offset is { } offset)
                json.WriteNumber("offset", offset);
        }
        Names(graph, json, "reads", actor.Effects.Reads);
        Names(graph, json, "writes", actor.Effects.Writes);
        if (actor.Expansion is { } expansion)
            json.WriteString("expansion", expansion.Form.ToString());
        json.WriteNumber("cycles", Latency.Of(actor));
        json.WriteBoolean("critical", critical.Actors.Contains(actor));
        if (profile is not null)
            json.WriteNumber("firingsPerPacket", Math.Round(profile.PerPacket(actor), 4));
        json.WriteEndObject();
    }

    private static void Names(Graph graph, Utf8JsonWriter json, string property, ulong regions)
    {
        if (regions == 0)
            return;
        json.WriteStartArray(property);
        foreach (Region region in graph.Regions.In(regions))
            json.WriteStringValue(region.Name);
        json.WriteEndArray();
    }
}
