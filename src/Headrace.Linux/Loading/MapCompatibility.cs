using System.Globalization;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Linux;

/// <summary>Whether a map that exists already is what a spec asks for.</summary>
internal static class MapCompatibility
{
    /// <summary>Says what differs.</summary>
    /// <param name="spec">What is asked for, its sizes made fit for the kernel.</param>
    /// <param name="info">What is there.</param>
    /// <returns>Empty when the map can be used.</returns>
    public static string Differences(MapSpec spec, MapInfo info)
    {
        List<string> differences = [];
        Compare("type", spec.Type, info.Type);
        Compare("key size", spec.KeySize, info.KeySize);
        Compare("value size", spec.ValueSize, info.ValueSize);
        Compare("max entries", KernelMap.RoundedMaxEntriesOf(spec), info.MaxEntries);
        Compare("extra", spec.Extra, info.Extra);
        // The kernel adds the flag itself to maps of devices.
        MapFlags ignored = spec.Type is MapType.DevMap or MapType.DevMapHash ? MapFlags.ReadOnlyProgram : MapFlags.None;
        Compare("flags", spec.Flags & ~ignored, info.Flags & ~ignored);
        return string.Join(", ", differences);

        void Compare<T>(string what, T asked, T found) where T : notnull
        {
            if (!asked.Equals(found))
                differences.Add(string.Create(CultureInfo.InvariantCulture, $"{what} {found} instead of {asked}"));
        }
    }

    /// <summary>Throws where a map cannot stand for a spec.</summary>
    /// <exception cref="HeadraceException">It differs; the message says how.</exception>
    public static void Require(MapSpec spec, KernelMap map, string place, string remedy)
    {
        string differences = Differences(spec, map.GetInfo());
        if (differences.Length > 0)
            throw new HeadraceException($"map '{spec.Name}': {place} does not fit, it has {differences}: {remedy}");
    }
}
