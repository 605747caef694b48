using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Cli.Nouns.Maps;

/// <summary>The types of a map's keys and values, where the kernel knows them.</summary>
/// <param name="Types">Where the ids belong; the kernel's own for sets of callbacks.</param>
/// <param name="KeyId">Type of the key; 0 for none (data sections).</param>
/// <param name="ValueId">Type of the value.</param>
internal sealed record MapTypes(Btf Types, int KeyId, int ValueId)
{
    /// <summary>The types of a map; null where there are none.</summary>
    public static MapTypes? Of(MapInfo info)
    {
        if (info.ValueTypeId == 0 || KernelBtf.TryGetTypes(info.BtfId) is not { } types)
            return null;
        return new MapTypes(types, (int)info.KeyTypeId, (int)info.ValueTypeId);
    }
}
