namespace Headrace.Bytecode;

/// <summary>Arithmetic operation: the high four bits of an ALU opcode (RFC 9669, table 5).</summary>
/// <remarks><c>Div</c> and <c>Mod</c> with offset 1 are signed; <c>Mov</c> with offset 8, 16 or 32 sign-extends.</remarks>
public enum AluOp : byte
{
    /// <summary>dst += src</summary>
    Add = 0x00,
    /// <summary>dst -= src</summary>
    Sub = 0x10,
    /// <summary>dst *= src</summary>
    Mul = 0x20,
    /// <summary>dst = src != 0 ? dst / src : 0</summary>
    Div = 0x30,
    /// <summary>dst |= src</summary>
    Or = 0x40,
    /// <summary>dst &amp;= src</summary>
    And = 0x50,
    /// <summary>dst &lt;&lt;= src &amp; (width - 1)</summary>
    Lsh = 0x60,
    /// <summary>dst &gt;&gt;= src &amp; (width - 1), zeros shifted in</summary>
    Rsh = 0x70,
    /// <summary>dst = -dst</summary>
    Neg = 0x80,
    /// <summary>dst = src != 0 ? dst % src : dst</summary>
    Mod = 0x90,
    /// <summary>dst ^= src</summary>
    Xor = 0xa0,
    /// <summary>dst = src</summary>
    Mov = 0xb0,
    /// <summary>dst &gt;&gt;= src &amp; (width - 1), the sign shifted in</summary>
    Arsh = 0xc0,
    /// <summary>Byte swap: to little endian, to big endian, or (64-bit class) unconditional.</summary>
    End = 0xd0,
}
