using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>Whether a map given by the user is what programs were verified with.</summary>
/// <remarks>
/// The kernel verifies a program with the maps at hand; here it is verified with what the object says of them, and compiled code relies on it: that an
/// array has the elements of constant indices, and that a frozen section holds its constants.
/// </remarks>
internal static class MapFit
{
    private const MapFlags AccessFlags = MapFlags.ReadOnlyProgram | MapFlags.WriteOnlyProgram;

    /// <summary>Refuses a map that programs of a collection would misuse.</summary>
    /// <param name="map">The map given.</param>
    /// <param name="spec">What the object says of it.</param>
    /// <exception cref="MapException">It is another.</exception>
    public static void Require(Map map, MapSpec spec)
    {
        if (Misfit(map, spec) is { } misfit)
            throw new MapException(spec.Name, "reuse", Errno.EINVAL, $"the map given {misfit}");
    }

    /// <summary>True for a map with a value for each processor.</summary>
    public static bool IsPerCpu(MapType type) => type is MapType.PerCpuArray or MapType.PerCpuHash or MapType.LruPerCpuHash;

    private static string? Misfit(Map map, MapSpec spec)
    {
        if (map.Type != spec.Type || map.KeySize != spec.KeySize || map.ValueSize != spec.ValueSize)
        {
            return $"is a {map.Type} of {map.KeySize}-byte keys and {map.ValueSize}-byte values, "
                + $"the object wants a {spec.Type} of {spec.KeySize} and {spec.ValueSize}";
        }
        if (map.Type is MapType.Array or MapType.PerCpuArray && map.MaxEntries < spec.MaxEntries)
            return $"has {map.MaxEntries} elements, the object's has {spec.MaxEntries}, which its programs do not ask for";
        if ((map.Flags & AccessFlags) != (spec.Flags & AccessFlags))
            return $"has the flags {map.Flags}, the object's has {spec.Flags}: what programs may do with it is another";
        if (!map.Spec.SpecialFields.SequenceEqual(spec.SpecialFields))
            return "has other locks, timers or pointers in its values than the object's";
        if (spec.InnerMap is { } inner && !InnerMapRules.AreAlike(inner, map.Spec.InnerMap!))
            return "holds other maps than the object's: their types, sizes and flags have to be the same";
        return IsConstant(spec) && !(map.IsFrozen && map.Lookup(new byte[sizeof(uint)]).AsSpan().SequenceEqual(Constants(spec)))
            ? "does not hold the constants of the object's, frozen: leave it out, so that the collection makes its own" : null;
    }

    // What the verifier takes for constants.
    private static bool IsConstant(MapSpec spec) =>
        spec is { Type: MapType.Array, Freeze: true, MaxEntries: 1, KeySize: sizeof(uint) } && (spec.Flags & MapFlags.ReadOnlyProgram) != 0;

    private static byte[] Constants(MapSpec spec)
    {
        byte[] bytes = new byte[spec.ValueSize];
        (spec.Data ?? spec.Entries.Find(entry => entry.Key.AsSpan().IndexOfAnyExcept((byte)0) < 0)?.Value ?? []).CopyTo(bytes, 0);
        return bytes;
    }
}
