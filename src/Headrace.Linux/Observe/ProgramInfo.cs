using Headrace.Bytecode;

namespace Headrace.Linux;

/// <summary>What the kernel tells of a loaded program (<c>struct bpf_prog_info</c>), at the moment it was asked.</summary>
public sealed record ProgramInfo
{
    /// <summary>Its number, unique as long as it lives.</summary>
    public required uint Id { get; init; }

    /// <summary>Program type.</summary>
    public required ProgramType Type { get; init; }

    /// <summary>Its name: 15 characters at most; longer ones are filled in from its types where it has them, as bpftool does.</summary>
    public required string Name { get; init; }

    /// <summary>Hash over the instructions, 16 hex digits: equal programs have equal tags.</summary>
    public required string Tag { get; init; }

    /// <summary>Bytes of the instructions as the kernel rewrote them; 0 where the caller may not see them.</summary>
    public uint TranslatedSize { get; init; }

    /// <summary>Bytes of machine code; 0 when the program is interpreted or the caller may not see it.</summary>
    public uint JitedSize { get; init; }

    /// <summary>When it was loaded.</summary>
    public DateTimeOffset LoadedAt { get; init; }

    /// <summary>When it was loaded, in nanoseconds since the machine started.</summary>
    public ulong LoadTime { get; init; }

    /// <summary>Who loaded it (user id).</summary>
    public uint CreatedByUid { get; init; }

    /// <summary>The maps it uses.</summary>
    public IReadOnlyList<uint> MapIds { get; init; } = [];

    /// <summary>The device it is bound to or runs on; 0 for none.</summary>
    public uint InterfaceIndex { get; init; }

    /// <summary>Device number of the network namespace's inode for a device-bound program; else 0.</summary>
    public ulong NetnsDevice { get; init; }

    /// <summary>Inode of the network namespace for a device-bound program; else 0.</summary>
    public ulong NetnsInode { get; init; }

    /// <summary>True when its licence allows GPL-only helpers.</summary>
    public bool IsGplCompatible { get; init; }

    /// <summary>The types it was loaded with; 0 for none.</summary>
    public uint BtfId { get; init; }

    /// <summary>Its functions: slot of the first instruction and type; empty without types.</summary>
    public IReadOnlyList<ProgramFunction> Functions { get; init; } = [];

    /// <summary>Its source lines in the rewritten instructions, ascending; empty without types.</summary>
    public IReadOnlyList<ProgramLine> Lines { get; init; } = [];

    /// <summary>Where each of <see cref="Lines"/> starts in machine code (kernel addresses); empty where the caller may not see them.</summary>
    public IReadOnlyList<ulong> JitedLines { get; init; } = [];

    /// <summary>Kernel address of each function's machine code; empty where the caller may not see them.</summary>
    public IReadOnlyList<ulong> JitedAddresses { get; init; } = [];

    /// <summary>Bytes of each function's machine code.</summary>
    public IReadOnlyList<uint> JitedLengths { get; init; } = [];

    /// <summary>The tag of each function.</summary>
    public IReadOnlyList<string> FunctionTags { get; init; } = [];

    /// <summary>Nanoseconds it has run while statistics were on (<see cref="RunStatistics"/>).</summary>
    public ulong RunTime { get; init; }

    /// <summary>Times it has run while statistics were on.</summary>
    public ulong RunCount { get; init; }

    /// <summary>Runs left out because the program was running already.</summary>
    public ulong RecursionMisses { get; init; }

    /// <summary>Instructions the verifier looked at (Linux 5.16).</summary>
    public uint VerifiedInstructions { get; init; }

    /// <summary>For programs that attach to typed kernel code: the types it is described in; else 0.</summary>
    public uint AttachBtfObjectId { get; init; }

    /// <summary>For programs that attach to typed kernel code: its type; else 0.</summary>
    public uint AttachBtfId { get; init; }

    /// <summary>Bytes of kernel memory it takes (locked memory), machine code left out.</summary>
    public long MemoryLocked { get; init; }
}
