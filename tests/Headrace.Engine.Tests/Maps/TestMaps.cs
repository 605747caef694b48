using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine.Tests;

/// <summary>Maps for tests, made in one line.</summary>
internal static class TestMaps
{
    public const int Cpus = 4;

    public static MapSpec Spec(MapType type, uint key, uint value, uint max, MapFlags flags = MapFlags.None, ulong extra = 0) => new()
    {
        Name = type.ToString(),
        Type = type,
        KeySize = key,
        ValueSize = value,
        MaxEntries = max,
        Flags = type == MapType.LpmTrie ? flags | MapFlags.NoPrealloc : flags,
        Extra = extra,
    };

    public static Map Create(MapType type, uint key, uint value, uint max, MapFlags flags = MapFlags.None, ulong extra = 0) =>
        Map.Create(Spec(type, key, value, max, flags, extra), Cpus);

    /// <summary>A hash map as <see cref="Create"/> makes it, or as a large one is made: elements in the buckets.</summary>
    public static Map CreateHash(MapType type, uint key, uint value, uint max, bool near, MapFlags flags = MapFlags.None) =>
        near ? HashMaps.Create(Spec(type, key, value, max, flags), Cpus, perCpu: false, type == MapType.LruHash, near) : Create(type, key, value, max, flags);

    /// <summary>Runs an operation that must be refused and gives the errno.</summary>
    public static int Errno(Action operation) => Assert.Throws<MapException>(operation).Errno;
}
