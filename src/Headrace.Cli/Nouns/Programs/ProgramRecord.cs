using System.Globalization;
using System.Text.Json;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Cli.Nouns.Programs;

/// <summary>What is shown of a loaded program.</summary>
/// <param name="Info">What the kernel tells.</param>
/// <param name="Pins">Its paths; null where they are not asked for.</param>
internal sealed record ProgramRecord(ProgramInfo Info, IReadOnlyList<string>? Pins) : IRecord
{
    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("id", Info.Id);
        json.WriteString("type", KernelWords.Of(Info.Type));
        if (Info.Name.Length > 0)
            json.WriteString("name", Info.Name);
        json.WriteString("tag", Info.Tag);
        json.WriteBoolean("gpl_compatible", Info.IsGplCompatible);
        if (Info.RunTime != 0)
        {
            json.WriteNumber("run_time_ns", Info.RunTime);
            json.WriteNumber("run_cnt", Info.RunCount);
        }
        if (Info.RecursionMisses != 0)
            json.WriteNumber("recursion_misses", Info.RecursionMisses);
        DeviceRecord.WriteJson(json, Info.InterfaceIndex, Info.NetnsDevice, Info.NetnsInode);
        json.WriteNumber("loaded_at", Info.LoadedAt.ToUnixTimeSeconds());
        json.WriteNumber("uid", Info.CreatedByUid);
        json.WriteNumber("bytes_xlated", Info.TranslatedSize);
        json.WriteBoolean("jited", Info.JitedSize != 0);
        if (Info.JitedSize != 0)
            json.WriteNumber("bytes_jited", Info.JitedSize);
        json.WriteNumber("bytes_memlock", Info.MemoryLocked);
        if (Info.MapIds.Count > 0)
            json.WriteNumbers("map_ids", Info.MapIds);
        if (Info.BtfId != 0)
            json.WriteNumber("btf_id", Info.BtfId);
        if (Pins?.Count > 0)
            json.WriteTexts("pinned", Pins);
        json.WriteEndObject();
    }

    public void WriteText(TextWriter output)
    {
        output.Write($"{Info.Id}: {KernelWords.Of(Info.Type)}  {(Info.Name.Length > 0 ? $"name {Info.Name}  " : "")}tag {Info.Tag}");
        if (Info.IsGplCompatible)
            output.Write("  gpl");
        if (Info.RunTime != 0)
            output.Write($" run_time_ns {Info.RunTime} run_cnt {Info.RunCount}");
        if (Info.RecursionMisses != 0)
            output.Write($" recursion_misses {Info.RecursionMisses}");
        DeviceRecord.WriteText(output, Info.InterfaceIndex, Info.NetnsDevice, Info.NetnsInode);
        output.WriteLine();
        string loaded = Info.LoadedAt.ToLocalTime().ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);
        output.WriteLine($"\tloaded_at {loaded.Remove(loaded.Length - 3, 1)}  uid {Info.CreatedByUid}");
        output.Write($"\txlated {Info.TranslatedSize}B  {(Info.JitedSize != 0 ? $"jited {Info.JitedSize}B" : "not jited")}  memlock {Info.MemoryLocked}B");
        output.WriteLine(Info.MapIds.Count > 0 ? $"  map_ids {string.Join(',', Info.MapIds)}" : "");
        foreach (string path in Pins ?? [])
            output.WriteLine($"\tpinned {path}");
        if (Info.BtfId != 0)
            output.WriteLine($"\tbtf_id {Info.BtfId}");
    }
}
