using Headrace.Bytecode;

namespace Headrace.Objects;

/// <summary>What an object file says of a map. Edit it freely before the collection is loaded; it never touches the world.</summary>
public sealed class MapSpec
{
    private const int MaxKernelName = 15; // BPF_OBJ_NAME_LEN without its terminating zero

    private readonly string? _kernelName;

    /// <summary>The map's name: its key in <see cref="CollectionSpec.Maps"/>.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The name the kernel is given: 15 characters at most; data sections carry the object's name in front, as libbpf names them
    /// (<c>firewall.rodata</c>).
    /// </summary>
    public string KernelName
    {
        get => _kernelName ?? (Name.Length > MaxKernelName ? Name[..MaxKernelName] : Name);
        init => _kernelName = value;
    }

    /// <summary>Structure and semantics.</summary>
    public required MapType Type { get; set; }

    /// <summary>Key size in bytes; 0 for maps without keys.</summary>
    public uint KeySize { get; set; }

    /// <summary>Value size in bytes (of one CPU's value for per-CPU maps).</summary>
    public uint ValueSize { get; set; }

    /// <summary>Number of elements it can hold; bytes for ring buffers.</summary>
    public uint MaxEntries { get; set; }

    /// <summary>Creation flags.</summary>
    public MapFlags Flags { get; set; }

    /// <summary>Type-specific extra, such as the number of hash functions of a bloom filter (<c>map_extra</c>).</summary>
    public ulong Extra { get; set; }

    /// <summary>Preferred NUMA node, with <see cref="MapFlags.NumaNode"/>.</summary>
    public uint NumaNode { get; set; }

    /// <summary>True when the object asks for the map to be pinned by its name (<c>LIBBPF_PIN_BY_NAME</c>).</summary>
    public bool PinByName { get; set; }

    /// <summary>BTF type of the key in the collection's BTF, 0 when unknown.</summary>
    public int KeyTypeId { get; init; }

    /// <summary>BTF type of the value in the collection's BTF, 0 when unknown.</summary>
    public int ValueTypeId { get; init; }

    /// <summary>The template of the maps inside an array or hash of maps.</summary>
    public MapSpec? InnerMap { get; set; }

    /// <summary>What the map holds from the start: elements given in the object or added by the user.</summary>
    public List<MapEntrySpec> Entries { get; } = [];

    /// <summary>Special fields of the value (spin locks, timers), ordered by offset and not overlapping; empty when BTF names none.</summary>
    public List<MapFieldSpec> SpecialFields { get; } = [];

    /// <summary>For a map that stands for a data section: the section's bytes. Null for every other map.</summary>
    public byte[]? Data { get; set; }

    /// <summary>True for a map that stands for a data section (<c>.data</c>, <c>.rodata</c>, <c>.bss</c> and their likes).</summary>
    public bool IsDataSection => Data is not null;

    /// <summary>True when user space may not change the map once loaded (<c>.rodata</c>, <c>.kconfig</c>).</summary>
    public bool Freeze { get; set; }
}
