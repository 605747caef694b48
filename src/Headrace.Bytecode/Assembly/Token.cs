namespace Headrace.Bytecode;

/// <summary>A word of a line of assembly text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As written; the content of a string.</param>
/// <param name="Number">The value of a number.</param>
/// <param name="Column">Where it starts, counted from 1.</param>
internal readonly record struct Token(TokenKind Kind, string Text, ulong Number, int Column)
{
    /// <summary>The word as an error message shows it.</summary>
    public string Shown => Kind switch
    {
        TokenKind.End => "the end of the line",
        TokenKind.String => $"\"{Text}\"",
        _ => $"'{Text}'",
    };

    /// <summary>True for this operator or bracket.</summary>
    public bool Is(string symbol) => Kind == TokenKind.Symbol && Text == symbol;

    /// <summary>True for this word.</summary>
    public bool IsWord(string word) => Kind == TokenKind.Word && Text == word;
}
