namespace Headrace.Bytecode;

/// <summary>Flags a map is created with (<c>BPF_F_*</c> of map creation, Linux 6.18).</summary>
[Flags]
public enum MapFlags : uint
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>Allocate elements when they are added.</summary>
    NoPrealloc = 1 << 0,
    /// <summary>One LRU list a CPU instead of a shared one.</summary>
    NoCommonLru = 1 << 1,
    /// <summary>Place the map on a chosen NUMA node.</summary>
    NumaNode = 1 << 2,
    /// <summary>User space may only read.</summary>
    ReadOnly = 1 << 3,
    /// <summary>User space may only write.</summary>
    WriteOnly = 1 << 4,
    /// <summary>Stack traces as build ids.</summary>
    StackBuildId = 1 << 5,
    /// <summary>Hash seed zero (tests only).</summary>
    ZeroSeed = 1 << 6,
    /// <summary>Programs may only read.</summary>
    ReadOnlyProgram = 1 << 7,
    /// <summary>Programs may only write.</summary>
    WriteOnlyProgram = 1 << 8,
    /// <summary>Clone on accept (socket storage).</summary>
    Clone = 1 << 9,
    /// <summary>User space may map the values into its memory.</summary>
    Mmapable = 1 << 10,
    /// <summary>Keep perf events of other processes.</summary>
    PreserveElements = 1 << 11,
    /// <summary>Inner maps may differ in size.</summary>
    InnerMap = 1 << 12,
    /// <summary>Create a link with a map (struct_ops).</summary>
    Link = 1 << 13,
    /// <summary>Take a path file descriptor.</summary>
    PathFd = 1 << 14,
    /// <summary>BTF comes from a module's object.</summary>
    VmlinuxValueTypeBtfObjectFd = 1 << 15,
    /// <summary>Create with a token.</summary>
    TokenFd = 1 << 16,
    /// <summary>Arena: signal on a fault.</summary>
    SegvOnFault = 1 << 17,
    /// <summary>Arena: no user conversion.</summary>
    NoUserConversion = 1 << 18,
    /// <summary>Ring buffer: overwrite the oldest records when full (Linux 6.19 and later kernels only).</summary>
    RingBufferOverwrite = 1 << 19,
}
