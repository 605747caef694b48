namespace Headrace.Bytecode;

/// <summary>Addressing mode: the high three bits of a load or store opcode (RFC 9669, table 12).</summary>
public enum AccessMode : byte
{
    /// <summary>64-bit immediate.</summary>
    Imm = 0x00,
    /// <summary>Legacy packet access at a fixed offset.</summary>
    Abs = 0x20,
    /// <summary>Legacy packet access at a register's offset.</summary>
    Ind = 0x40,
    /// <summary>Plain memory.</summary>
    Mem = 0x60,
    /// <summary>Plain memory, sign-extending load.</summary>
    MemSx = 0x80,
    /// <summary>Atomic operation; the immediate says which.</summary>
    Atomic = 0xc0,
}
