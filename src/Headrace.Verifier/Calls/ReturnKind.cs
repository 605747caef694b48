namespace Headrace.Verifier;

/// <summary>What a helper returns (the kernel's <c>RET_*</c>, include/linux/bpf.h).</summary>
internal enum ReturnKind : byte
{
    /// <summary>A number.</summary>
    Integer,
    /// <summary>Nothing: R0 cannot be read.</summary>
    Nothing,
    /// <summary>A value of the map.</summary>
    MapValue,
    /// <summary>A value of the map, or NULL.</summary>
    MapValueOrNull,
    /// <summary>A full socket, or NULL.</summary>
    SocketOrNull,
    /// <summary>What every socket has, or NULL.</summary>
    SocketCommonOrNull,
    /// <summary>A TCP socket, or NULL.</summary>
    TcpSocketOrNull,
    /// <summary>A record of a ring buffer, or NULL.</summary>
    RingMemoryOrNull,
    /// <summary>A piece of what a dynptr leads to, or NULL.</summary>
    DynptrMemoryOrNull,
    /// <summary>A kernel object, or NULL.</summary>
    KernelObjectOrNull,
    /// <summary>A kernel object that can be trusted.</summary>
    TrustedObject,
    /// <summary>A kernel variable of this or another CPU.</summary>
    PerCpuMemory,
    /// <summary>A kernel variable of another CPU, or NULL.</summary>
    PerCpuMemoryOrNull,
}
