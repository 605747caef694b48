using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Differential;

/// <summary>The maps that every random program has.</summary>
internal static class RandomMaps
{
    /// <summary>Index of the array.</summary>
    public const int Array = 0;

    /// <summary>Index of the hash.</summary>
    public const int Hash = 1;

    /// <summary>Elements of the array.</summary>
    public const int ArrayEntries = 2;

    /// <summary>Bytes of the array's values that statements use.</summary>
    public const int Scratch = 64;

    /// <summary>Bytes of the array's values: behind the scratch bytes, the registers at the program's end.</summary>
    public const int ArrayValue = Scratch + 64;

    /// <summary>Keys of the hash run from 0 to this less 1; half of them fit.</summary>
    public const int HashKeys = 16;

    /// <summary>Bytes of the hash's values.</summary>
    public const int HashValue = 16;

    public static MapSpec[] Specs() =>
    [
        new MapSpec { Name = "array", Type = MapType.Array, KeySize = 4, ValueSize = ArrayValue, MaxEntries = ArrayEntries },
        new MapSpec { Name = "hash", Type = MapType.Hash, KeySize = 4, ValueSize = HashValue, MaxEntries = HashKeys / 2 },
    ];
}
