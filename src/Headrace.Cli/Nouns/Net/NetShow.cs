using System.Text.Json;
using Headrace.Linux;

namespace Headrace.Cli.Nouns.Net;

/// <summary><c>net show</c>: the programs on the devices of this network namespace.</summary>
internal sealed class NetShow() : KernelAction("show", "list")
{
    public override IReadOnlyList<string> Forms => ["show [dev NAME]"];

    public override int Run(Keywords words, Answer answer)
    {
        string? name = words.Accept("dev") ? words.Next("the device's name") : null;
        words.End();
        IReadOnlyList<NetworkDevice> devices = name is null ? NetworkDevice.All() : [NetworkDevice.Find(name)];
        IReadOnlyList<NetRecord> xdp = [.. devices.SelectMany(NetRecord.OfXdp)];
        IReadOnlyList<NetRecord> tc = [.. devices.SelectMany(NetRecord.OfTc)];
        answer.Write(
            json =>
            {
                // bpftool puts its one object into a list.
                json.WriteStartArray();
                json.WriteStartObject();
                WriteJson(json, "xdp", xdp);
                WriteJson(json, "tc", tc);
                json.WriteStartArray("flow_dissector");
                foreach (uint id in FlowDissector())
                {
                    json.WriteStartObject();
                    json.WriteNumber("id", id);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteEndArray();
            },
            output =>
            {
                WriteText(output, "xdp", xdp);
                WriteText(output, "tc", tc);
                output.WriteLine("flow_dissector:");
                foreach (uint id in FlowDissector())
                    output.WriteLine($"id {id}");
                output.WriteLine();
            });
        return ExitCode.Done;
    }

    private static IEnumerable<uint> FlowDissector() => KernelProgram.FlowDissector() is { } id ? [id] : [];

    private static void WriteJson(Utf8JsonWriter json, string name, IReadOnlyList<NetRecord> records)
    {
        json.WriteStartArray(name);
        foreach (NetRecord record in records)
            record.WriteJson(json);
        json.WriteEndArray();
    }

    private static void WriteText(TextWriter output, string name, IReadOnlyList<NetRecord> records)
    {
        output.WriteLine($"{name}:");
        foreach (NetRecord record in records)
            record.WriteText(output);
        output.WriteLine();
    }
}
