namespace Headrace.Engine;

/// <summary>What a helper takes an argument for (the kernel's <c>ARG_*</c>, include/linux/bpf.h).</summary>
internal enum ArgumentKind : byte
{
    /// <summary>No argument.</summary>
    None,
    /// <summary>A number, or anything.</summary>
    Number,
    /// <summary>The context.</summary>
    Context,
    /// <summary>A map, of the types in <see cref="Argument.Maps"/>.</summary>
    Map,
    /// <summary>A key of the map in the argument before, read.</summary>
    MapKey,
    /// <summary>A value of the map, read.</summary>
    MapValue,
    /// <summary>Room for a value of the map, written.</summary>
    MapValueOut,
    /// <summary>Bytes that are read; their number is the next argument, or fixed (<see cref="Argument.Size"/>).</summary>
    Memory,
    /// <summary>The same, or null.</summary>
    MemoryOrNull,
    /// <summary>Bytes that are written; their number is the next argument, or fixed.</summary>
    MemoryOut,
    /// <summary>The same, or null.</summary>
    MemoryOutOrNull,
    /// <summary>The number of bytes at the argument before, at least 1.</summary>
    Size,
    /// <summary>The number of bytes at the argument before, 0 allowed.</summary>
    SizeOrZero,
    /// <summary>A number of bytes to allocate, known when the program is checked.</summary>
    AllocationSize,
    /// <summary>A string in a read-only map.</summary>
    ConstantString,
    /// <summary>A function of the program.</summary>
    Function,
    /// <summary>What a callback is given: memory of the stack, or null.</summary>
    CallbackContext,
    /// <summary>The spin lock in a map's value.</summary>
    SpinLock,
    /// <summary>The timer in a map's value.</summary>
    Timer,
    /// <summary>The place of a pointer in a map's value.</summary>
    PointerSlot,
    /// <summary>An object's pointer, or null.</summary>
    ObjectOrNull,
    /// <summary>A dynptr that is set.</summary>
    Dynptr,
    /// <summary>Room for a dynptr.</summary>
    DynptrOut,
    /// <summary>A dynptr of a ring-buffer record.</summary>
    DynptrOfRecord,
    /// <summary>A ring-buffer record that is reserved; the helper gives it away.</summary>
    Record,
    /// <summary>A socket, or null.</summary>
    Socket,
    /// <summary>Read-only or stack memory that need not be readable: <c>bpf_probe_read_kernel</c> looks itself.</summary>
    AnyAddress,
}
