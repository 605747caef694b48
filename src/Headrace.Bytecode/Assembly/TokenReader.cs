namespace Headrace.Bytecode;

/// <summary>Walks over the words of one line and says what was expected where something else stands.</summary>
internal sealed class TokenReader(List<Token> tokens, string source, int line)
{
    private int _at;

    /// <summary>The line, counted from 1.</summary>
    public int Line => line;

    /// <summary>The next word.</summary>
    public Token Next => tokens[_at];

    /// <summary>The word after the next one.</summary>
    public Token Second => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    /// <summary>True when the line is read to its end.</summary>
    public bool AtEnd => Next.Kind == TokenKind.End;

    /// <summary>True when the last word of the line is this one.</summary>
    public bool EndsWith(string word) => tokens.Count >= 2 && tokens[^2].IsWord(word);

    /// <summary>Takes the next word.</summary>
    public Token Take() => AtEnd ? Next : tokens[_at++];

    /// <summary>Takes an operator or bracket when it comes next.</summary>
    public bool TryTake(string symbol)
    {
        if (!Next.Is(symbol))
            return false;
        _at++;
        return true;
    }

    /// <summary>Takes a keyword when it comes next.</summary>
    public bool TryTakeWord(string word)
    {
        if (!Next.IsWord(word))
            return false;
        _at++;
        return true;
    }

    /// <summary>Takes an operator or bracket that must come next.</summary>
    public void Expect(string symbol)
    {
        if (!TryTake(symbol))
            throw Expected($"'{symbol}'");
    }

    /// <summary>Takes a keyword that must come next.</summary>
    public void ExpectWord(string word)
    {
        if (!TryTakeWord(word))
            throw Expected($"'{word}'");
    }

    /// <summary>Takes a name: a word, or any text in quotes.</summary>
    public string ExpectName(string what) => Next.Kind is TokenKind.Word or TokenKind.String ? Take().Text : throw Expected(what);

    /// <summary>Takes a number with an optional sign.</summary>
    /// <param name="what">What the number is, for the message.</param>
    /// <param name="minimum">The smallest number that is allowed.</param>
    /// <param name="maximum">The largest number that is allowed.</param>
    public long ExpectNumber(string what, long minimum, long maximum)
    {
        Token first = Next;
        bool negative = TryTake("-");
        if (!negative)
            TryTake("+");
        if (Next.Kind != TokenKind.Number)
            throw Expected(what);
        ulong magnitude = Take().Number;
        Int128 value = negative ? -(Int128)magnitude : magnitude;
        return value >= minimum && value <= maximum
            ? (long)value
            : throw Error(first, $"{what} from {minimum} to {maximum} was expected, not {value}");
    }

    /// <summary>Takes an unsigned number of up to 64 bits.</summary>
    public ulong ExpectUnsigned(string what, ulong maximum = ulong.MaxValue)
    {
        Token token = Next;
        if (token.Kind != TokenKind.Number)
            throw Expected(what);
        _at++;
        return token.Number <= maximum ? token.Number : throw Error(token, $"{what} up to {maximum} was expected, not {token.Number}");
    }

    /// <summary>Refuses anything that is left on the line.</summary>
    public void ExpectEnd()
    {
        if (!AtEnd)
            throw Expected("the end of the line");
    }

    /// <summary>An error about the next word: what was expected there.</summary>
    public AssemblerException Expected(string what) => Error(Next, $"{what} was expected, not {Next.Shown}");

    /// <summary>An error about a word.</summary>
    public AssemblerException Error(Token token, string problem) => new(source, line, token.Column, problem);
}
