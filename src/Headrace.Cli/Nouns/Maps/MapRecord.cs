using System.Text.Json;
using Headrace.Bytecode;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Cli.Nouns.Maps;

/// <summary>What is shown of a map.</summary>
/// <param name="Info">What the kernel tells.</param>
/// <param name="Pins">Its paths; null where they are not asked for.</param>
internal sealed record MapRecord(MapInfo Info, IReadOnlyList<string>? Pins) : IRecord
{
    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("id", Info.Id);
        json.WriteString("type", MapTypeNames.Of(Info.Type));
        if (Info.Name.Length > 0)
            json.WriteString("name", Info.Name);
        json.WriteNumber("flags", (uint)Info.Flags);
        DeviceRecord.WriteJson(json, Info.InterfaceIndex, Info.NetnsDevice, Info.NetnsInode);
        json.WriteNumber("bytes_key", Info.KeySize);
        json.WriteNumber("bytes_value", Info.ValueSize);
        json.WriteNumber("max_entries", Info.MaxEntries);
        json.WriteNumber("bytes_memlock", Info.MemoryLocked);
        if (Info.OwnerType is { } owner)
        {
            json.WriteString("owner_prog_type", KernelWords.Of(owner));
            json.WriteBoolean("owner_jited", Info.OwnerIsJited);
        }
        json.WriteNumber("frozen", Info.IsFrozen ? 1 : 0);
        if (Info.BtfId != 0)
            json.WriteNumber("btf_id", Info.BtfId);
        if (Pins?.Count > 0)
            json.WriteTexts("pinned", Pins);
        json.WriteEndObject();
    }

    public void WriteText(TextWriter output)
    {
        output.Write($"{Info.Id}: {MapTypeNames.Of(Info.Type)}  {(Info.Name.Length > 0 ? $"name {Info.Name}  " : "")}flags 0x{(uint)Info.Flags:x}");
        DeviceRecord.WriteText(output, Info.InterfaceIndex, Info.NetnsDevice, Info.NetnsInode);
        output.WriteLine();
        output.WriteLine($"\tkey {Info.KeySize}B  value {Info.ValueSize}B  max_entries {Info.MaxEntries}  memlock {Info.MemoryLocked}B");
        if (Info.OwnerType is { } owner)
            output.WriteLine($"\towner_prog_type {KernelWords.Of(owner)}  owner{(Info.OwnerIsJited ? "" : " not")} jited");
        foreach (string path in Pins ?? [])
            output.WriteLine($"\tpinned {path}");
        if (Info.BtfId != 0)
            output.WriteLine($"\tbtf_id {Info.BtfId}{(Info.IsFrozen ? "  frozen" : "")}");
        else if (Info.IsFrozen)
            output.WriteLine("\tfrozen");
    }
}
