namespace Headrace.Bytecode;

/// <summary>Jump operation: the high four bits of a JMP opcode (RFC 9669, table 11).</summary>
public enum JumpOp : byte
{
    /// <summary>goto</summary>
    Ja = 0x00,
    /// <summary>dst == src</summary>
    Jeq = 0x10,
    /// <summary>dst &gt; src, unsigned</summary>
    Jgt = 0x20,
    /// <summary>dst &gt;= src, unsigned</summary>
    Jge = 0x30,
    /// <summary>(dst &amp; src) != 0</summary>
    Jset = 0x40,
    /// <summary>dst != src</summary>
    Jne = 0x50,
    /// <summary>dst &gt; src, signed</summary>
    Jsgt = 0x60,
    /// <summary>dst &gt;= src, signed</summary>
    Jsge = 0x70,
    /// <summary>Call of a helper, a local function or a kfunc.</summary>
    Call = 0x80,
    /// <summary>Return.</summary>
    Exit = 0x90,
    /// <summary>dst &lt; src, unsigned</summary>
    Jlt = 0xa0,
    /// <summary>dst &lt;= src, unsigned</summary>
    Jle = 0xb0,
    /// <summary>dst &lt; src, signed</summary>
    Jslt = 0xc0,
    /// <summary>dst &lt;= src, signed</summary>
    Jsle = 0xd0,
    /// <summary>may_goto (Linux 6.9): falls through while the kernel's loop budget lasts.</summary>
    Jcond = 0xe0,
}
