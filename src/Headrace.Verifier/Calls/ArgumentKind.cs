namespace Headrace.Verifier;

/// <summary>What a helper takes an argument for (the kernel's <c>ARG_*</c>, include/linux/bpf.h).</summary>
internal enum ArgumentKind : byte
{
    /// <summary>No argument.</summary>
    None,
    /// <summary>Anything that can be read.</summary>
    Anything,
    /// <summary>A map.</summary>
    Map,
    /// <summary>A key of the map in the argument before.</summary>
    MapKey,
    /// <summary>A value of the map.</summary>
    MapValue,
    /// <summary>Bytes; their number is the next argument, or fixed.</summary>
    Memory,
    /// <summary>The number of bytes at the argument before, at least 1.</summary>
    Size,
    /// <summary>The number of bytes at the argument before, 0 allowed.</summary>
    SizeOrZero,
    /// <summary>A constant number of bytes to allocate.</summary>
    AllocationSize,
    /// <summary>The context.</summary>
    Context,
    /// <summary>The spin lock in a map's value.</summary>
    SpinLock,
    /// <summary>The timer in a map's value.</summary>
    Timer,
    /// <summary>The place of a kernel pointer in a map's value.</summary>
    PointerSlot,
    /// <summary>A socket of any kind the program was given.</summary>
    SocketCommon,
    /// <summary>A full socket.</summary>
    Socket,
    /// <summary>A socket of any kind, kernel objects included.</summary>
    AnySocket,
    /// <summary>A kernel object of a given type.</summary>
    KernelObject,
    /// <summary>A per-CPU kernel object.</summary>
    PerCpuObject,
    /// <summary>A ring buffer's record.</summary>
    RingMemory,
    /// <summary>A function of the program.</summary>
    Function,
    /// <summary>The stack: what a callback is given.</summary>
    Stack,
    /// <summary>A string in a read-only map.</summary>
    ConstantString,
    /// <summary>A dynptr.</summary>
    Dynptr,
}
