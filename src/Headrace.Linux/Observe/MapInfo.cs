using Headrace.Bytecode;

namespace Headrace.Linux;

/// <summary>What the kernel tells of a map (<c>struct bpf_map_info</c>), at the moment it was asked.</summary>
public sealed record MapInfo
{
    /// <summary>Its number, unique as long as it lives.</summary>
    public required uint Id { get; init; }

    /// <summary>Structure and semantics.</summary>
    public required MapType Type { get; init; }

    /// <summary>Its name: 15 characters at most; empty when it was given none.</summary>
    public required string Name { get; init; }

    /// <summary>Key size in bytes.</summary>
    public uint KeySize { get; init; }

    /// <summary>Value size in bytes, of one processor for per-CPU maps.</summary>
    public uint ValueSize { get; init; }

    /// <summary>Number of elements it can hold; bytes for ring buffers.</summary>
    public uint MaxEntries { get; init; }

    /// <summary>Creation flags.</summary>
    public MapFlags Flags { get; init; }

    /// <summary>Type-specific extra (<c>map_extra</c>).</summary>
    public ulong Extra { get; init; }

    /// <summary>The device it is bound to; 0 for none.</summary>
    public uint InterfaceIndex { get; init; }

    /// <summary>Device number of the network namespace's inode for a device-bound map; else 0.</summary>
    public ulong NetnsDevice { get; init; }

    /// <summary>Inode of the network namespace for a device-bound map; else 0.</summary>
    public ulong NetnsInode { get; init; }

    /// <summary>The types its keys and values are described in; 0 for none.</summary>
    public uint BtfId { get; init; }

    /// <summary>Type of the key; 0 when unknown.</summary>
    public uint KeyTypeId { get; init; }

    /// <summary>Type of the value; 0 when unknown.</summary>
    public uint ValueTypeId { get; init; }

    /// <summary>Type of the value among the kernel's own types (struct_ops); 0 for none.</summary>
    public uint KernelValueTypeId { get; init; }

    /// <summary>Bytes of kernel memory it takes.</summary>
    public long MemoryLocked { get; init; }

    /// <summary>True when user space may not change it any more.</summary>
    public bool IsFrozen { get; init; }

    /// <summary>For a program array that holds or held programs: their type; else null.</summary>
    public ProgramType? OwnerType { get; init; }

    /// <summary>For a program array that holds or held programs: true when they are machine code.</summary>
    public bool OwnerIsJited { get; init; }
}
