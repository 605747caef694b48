namespace Headrace.Bytecode;

/// <summary>Width of a memory access: bits 3 and 4 of a load or store opcode (RFC 9669, table 13).</summary>
public enum AccessSize : byte
{
    /// <summary>4 bytes</summary>
    Word = 0x00,
    /// <summary>2 bytes</summary>
    Half = 0x08,
    /// <summary>1 byte</summary>
    Byte = 0x10,
    /// <summary>8 bytes</summary>
    Double = 0x18,
}
