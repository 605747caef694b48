using System.Globalization;
using System.Text;

namespace Headrace.Bytecode;

/// <summary>Cuts a line of assembly text into words.</summary>
/// <remarks>Comments run from <c>;</c> or <c>//</c> to the end of the line, and from <c>#</c> when it is the first character.</remarks>
internal static class Lexer
{
    // Longest first: the first that fits is taken.
    private static readonly string[] s_symbols =
    [
        "s>>=", "<<=", ">>=", "s>=", "s<=", "s/=", "s%=", "s>", "s<", "+=", "-=", "*=", "/=", "|=", "&=", "%=", "^=", "==", "!=", ">=", "<=",
        "=", ">", "<", "&", "+", "-", "*", "(", ")", "[", "]", ",", ":", "#",
    ];

    /// <summary>The words of a line, closed by one of kind <see cref="TokenKind.End"/>.</summary>
    /// <exception cref="AssemblerException">A character or a number that is none.</exception>
    public static List<Token> Read(string line, string source, int number)
    {
        var tokens = new List<Token>();
        int at = SkipLogPrefix(line);
        while (at < line.Length)
        {
            char c = line[at];
            if (char.IsWhiteSpace(c))
            {
                at++;
                continue;
            }
            if (c == ';' || (c == '/' && at + 1 < line.Length && line[at + 1] == '/') || (c == '#' && tokens.Count == 0))
                break;
            Token token = IsSectionName(tokens, c) ? ReadSectionName(line, at, out int end)
                : c == '"' ? ReadString(line, at, source, number, out end)
                : ReadSymbol(line, at, out end) ?? (char.IsAsciiDigit(c) ? ReadNumber(line, at, source, number, out end) : ReadWord(line, at, source, number, out end));
            tokens.Add(token);
            at = end;
        }
        tokens.Add(new Token(TokenKind.End, "", 0, Math.Min(at, line.Length) + 1));
        return tokens;
    }

    /// <summary>True for a character of a name.</summary>
    public static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '$' or '@';

    // "12: (b7) r0 = 2": a line of the kernel's log is read without its slot and opcode.
    private static int SkipLogPrefix(string line)
    {
        int at = 0;
        while (at < line.Length && char.IsWhiteSpace(line[at]))
            at++;
        int digits = at;
        while (at < line.Length && char.IsAsciiDigit(line[at]))
            at++;
        if (at == digits || at >= line.Length || line[at] != ':')
            return 0;
        int colon = ++at;
        while (at < line.Length && line[at] == ' ')
            at++;
        bool opcode = at + 3 < line.Length && line[at] == '(' && char.IsAsciiHexDigit(line[at + 1]) && char.IsAsciiHexDigit(line[at + 2]) && line[at + 3] == ')';
        return opcode ? at + 4 : colon;
    }

    // Section names such as tracepoint/net/xmit hold characters that mean something elsewhere.
    private static bool IsSectionName(List<Token> tokens, char c) => c != '"' && tokens.Count == 1 && tokens[0].IsWord(".section");

    private static Token ReadSectionName(string line, int at, out int end)
    {
        end = at;
        while (end < line.Length && !char.IsWhiteSpace(line[end]) && line[end] != ';')
            end++;
        return new Token(TokenKind.Word, line[at..end], 0, at + 1);
    }

    private static Token? ReadSymbol(string line, int at, out int end)
    {
        foreach (string symbol in s_symbols)
        {
            if (string.CompareOrdinal(line, at, symbol, 0, symbol.Length) == 0)
            {
                end = at + symbol.Length;
                return new Token(TokenKind.Symbol, symbol, 0, at + 1);
            }
        }
        end = at;
        return null;
    }

    private static Token ReadNumber(string line, int at, string source, int number, out int end)
    {
        end = at;
        while (end < line.Length && IsNameCharacter(line[end]))
            end++;
        string text = line[at..end];
        bool good = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value)
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        return good
            ? new Token(TokenKind.Number, text, value, at + 1)
            : throw new AssemblerException(source, number, at + 1, $"'{text}' is no number of 64 bits: write it in decimal, or in hex with 0x");
    }

    private static Token ReadWord(string line, int at, string source, int number, out int end)
    {
        end = at;
        while (end < line.Length && IsNameCharacter(line[end]))
            end++;
        return end > at
            ? new Token(TokenKind.Word, line[at..end], 0, at + 1)
            : throw new AssemblerException(source, number, at + 1, $"the character '{line[at]}' has no meaning here");
    }

    private static Token ReadString(string line, int at, string source, int number, out int end)
    {
        var text = new StringBuilder();
        for (end = at + 1; end < line.Length; end++)
        {
            char c = line[end];
            if (c == '"')
            {
                end++;
                return new Token(TokenKind.String, text.ToString(), 0, at + 1);
            }
            if (c == '\\' && end + 1 < line.Length)
            {
                c = line[++end] switch
                {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    '0' => '\0',
                    'x' when end + 2 < line.Length && byte.TryParse(line.AsSpan(end + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte code) => (char)code,
                    '\\' => '\\',
                    '"' => '"',
                    _ => throw new AssemblerException(source, number, end + 1, "unknown escape: \\n \\t \\r \\0 \\\\ \\\" and \\xNN exist"),
                };
                if (line[end] == 'x')
                    end += 2;
            }
            text.Append(c);
        }
        throw new AssemblerException(source, number, at + 1, "the string is not closed: a double quote is missing");
    }
}
