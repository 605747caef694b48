using System.Buffers.Binary;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>Puts into new maps what their specs say they hold from the start.</summary>
internal static unsafe class MapFiller
{
    /// <summary>Puts a map's elements in and freezes it where its spec says so; programs and inner maps are found in the collection by name.</summary>
    public static void Fill(Map map, Collection collection)
    {
        foreach (MapEntrySpec entry in map.Spec.Entries)
            FillEntry(map, entry, collection);
        if (map.Spec.Freeze)
            map.Freeze();
    }

    private static void FillEntry(Map map, MapEntrySpec entry, Collection collection)
    {
        if (entry.Key.Length != map.KeySize)
            throw new MapException(map.Name, "fill", Errno.EINVAL, $"a key has {entry.Key.Length} bytes where the map's have {map.KeySize}");
        fixed (byte* key = entry.Key)
        {
            int result = entry.Reference is { } name ? FillReference(map, key, name, collection) : FillValue(map, key, entry.Value);
            if (result < 0)
            {
                throw new MapException(map.Name, "fill", -result,
                    $"element {Convert.ToHexStringLower(entry.Key)} is refused: {MapErrors.Reason(map, -result)}"
                    + (entry.Reference is null ? "" : $" (it refers to '{entry.Reference}')"));
            }
        }
    }

    private static int FillReference(Map map, byte* key, string name, Collection collection)
    {
        if (map.Type == MapType.ProgramArray)
        {
            return collection.Programs.TryGetValue(name, out LoadedProgram? program)
                ? map.SetProgram(BinaryPrimitives.ReadUInt32LittleEndian(new ReadOnlySpan<byte>(key, sizeof(uint))), program)
                : throw new MapException(map.Name, "fill", Errno.ENOENT, $"there is no program '{name}' in the collection");
        }
        return collection.Maps.TryGetValue(name, out Map? inner)
            ? map.SetInnerMap(key, inner, 0)
            : throw new MapException(map.Name, "fill", Errno.ENOENT, $"there is no map '{name}' in the collection");
    }

    private static int FillValue(Map map, byte* key, byte[]? bytes)
    {
        if (bytes is null || bytes.Length != map.ValueSize)
            throw new MapException(map.Name, "fill", Errno.EINVAL, $"a value has {bytes?.Length ?? 0} bytes where the map's have {map.ValueSize}");
        fixed (byte* value = bytes)
        {
            for (int cpu = 0; cpu < map.Cpus; cpu++)
            {
                if (map.Update(key, value, 0, cpu) is int result and < 0)
                    return result;
            }
        }
        return 0;
    }
}
