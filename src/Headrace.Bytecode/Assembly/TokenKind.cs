namespace Headrace.Bytecode;

/// <summary>The kinds of words in a line of assembly text.</summary>
internal enum TokenKind : byte
{
    /// <summary>Nothing more on this line.</summary>
    End,
    /// <summary>A name, a keyword, a register, or a directive with its dot.</summary>
    Word,
    /// <summary>A number without its sign.</summary>
    Number,
    /// <summary>Text in double quotes, escapes resolved.</summary>
    String,
    /// <summary>An operator or a bracket.</summary>
    Symbol,
}
