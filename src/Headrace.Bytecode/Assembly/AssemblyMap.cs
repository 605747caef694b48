namespace Headrace.Bytecode;

/// <summary>A map as assembly text defines it.</summary>
public sealed class AssemblyMap
{
    /// <summary>The map's name.</summary>
    public required string Name { get; init; }

    /// <summary>Structure and semantics.</summary>
    public MapType Type { get; set; }

    /// <summary>Key size in bytes.</summary>
    public uint KeySize { get; set; }

    /// <summary>Value size in bytes.</summary>
    public uint ValueSize { get; set; }

    /// <summary>Number of elements.</summary>
    public uint MaxEntries { get; set; }

    /// <summary>Creation flags.</summary>
    public MapFlags Flags { get; set; }

    /// <summary>Type-specific extra.</summary>
    public ulong Extra { get; set; }

    /// <summary>Preferred NUMA node.</summary>
    public uint NumaNode { get; set; }

    /// <summary>True to pin the map by its name when it is loaded.</summary>
    public bool PinByName { get; set; }

    /// <summary>The template of the maps inside an array or hash of maps.</summary>
    public AssemblyMap? Inner { get; set; }

    /// <summary>What elements hold from the start: index to the name of a program or map.</summary>
    public SortedDictionary<uint, string> Entries { get; } = [];
}
