using Headrace.Bytecode;

namespace Headrace.Objects;

/// <summary>A map in short.</summary>
/// <param name="Name">Its name.</param>
/// <param name="KernelName">The name the kernel is given.</param>
/// <param name="Type">Map type, such as <c>percpu_hash</c>.</param>
/// <param name="KeySize">Bytes of a key.</param>
/// <param name="ValueSize">Bytes of a value.</param>
/// <param name="MaxEntries">Number of elements it can hold.</param>
/// <param name="Flags">Names of the creation flags.</param>
/// <param name="Key">The key's type in C; empty when unknown.</param>
/// <param name="Value">The value's type in C; empty when unknown.</param>
/// <param name="InnerMap">The template of the maps inside it, or null.</param>
/// <param name="Entries">How many elements the object gives it.</param>
/// <param name="IsDataSection">True for a data section.</param>
/// <param name="PinByName">True when it asks to be pinned by name.</param>
public sealed record MapSummary(
    string Name,
    string KernelName,
    string Type,
    uint KeySize,
    uint ValueSize,
    uint MaxEntries,
    IReadOnlyList<string> Flags,
    string Key,
    string Value,
    MapSummary? InnerMap,
    int Entries,
    bool IsDataSection,
    bool PinByName)
{
    /// <summary>Summarises a map of a collection.</summary>
    public static MapSummary Of(CollectionSpec spec, MapSpec map) => new(
        map.Name,
        map.KernelName,
        KernelWords.Of(map.Type),
        map.KeySize,
        map.ValueSize,
        map.MaxEntries,
        [.. Enum.GetValues<MapFlags>().Where(flag => flag != MapFlags.None && map.Flags.HasFlag(flag)).Select(flag => KernelWords.Snake(flag.ToString()))],
        TypeName(spec, map.KeyTypeId),
        map.IsDataSection ? "" : TypeName(spec, map.ValueTypeId),
        map.InnerMap is null ? null : Of(spec, map.InnerMap),
        map.Entries.Count,
        map.IsDataSection,
        map.PinByName);

    private static string TypeName(CollectionSpec spec, int id) => spec.Types is null || id == 0 ? "" : new BtfFormatter(spec.Types).Name(id);
}
