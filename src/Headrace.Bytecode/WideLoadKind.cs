namespace Headrace.Bytecode;

/// <summary>What the 64-bit immediate of a wide load means: its source register field (RFC 9669, section 5.4).</summary>
public enum WideLoadKind : byte
{
    /// <summary>A plain 64-bit number.</summary>
    Constant = 0,
    /// <summary>Low half: a map's file descriptor (only inside the kernel interface).</summary>
    MapFd = 1,
    /// <summary>Low half: a map's file descriptor; high half: offset into its value (only inside the kernel interface).</summary>
    MapValueFd = 2,
    /// <summary>A BTF id of a kernel variable.</summary>
    BtfId = 3,
    /// <summary>Low half: a subprogram, as an offset in slots from the next instruction.</summary>
    Function = 4,
    /// <summary>Low half: index into the collection's maps.</summary>
    MapIndex = 5,
    /// <summary>Low half: index into the collection's maps; high half: offset into its value.</summary>
    MapValueIndex = 6,
}
